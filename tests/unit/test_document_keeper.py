"""Registered documents of a gateway process: its file follows the store, and what the console was given is read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from dlp_gateway import config
from dlp_gateway.detect.records.index_table import KeyMaker
from dlp_gateway.document_keeper import AGAIN, DocumentKeeper
from dlp_gateway.document_register import bring_up, is_usable, new_document
from dlp_gateway.errors import ConfigError, TemporaryError
from dlp_gateway.exact_index import REGISTER, Registration, open_records, registered_documents
from dlp_gateway.inspection import Inspector
from dlp_gateway.keys import Keys
from dlp_gateway.model import Extraction
from dlp_gateway.store import DocumentAsk, DocumentFault, DocumentRequest, DocumentState, Given, Store, new_wish
from tests.support import shipped_rules
from tests.support.council_records import KEY, MAKER, register
from tests.support.workers_here import WorkersHere

CONSOLE = b"c" * 32
KEYS = Keys(seal={"0001": b"1" * 32}, seal_id="0001", fingerprint=KEY, mark=b"m" * 32)
TEXT = " ".join(f"zephyrlane{n} quillfeather{n}" for n in range(40))
FEW_RULES = {name: text for name, text in shipped_rules.texts().items() if "uk-nhs-number" in name}
BULLETIN = Given(file_name="bulletin.txt", octets=TEXT.encode())


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    settings = config.Store(url=f"sqlite:///{tmp_path / 'gateway.db'}", spool=tmp_path / "spool")
    opened = Store.open(settings, KEYS, gateway_id="test")
    yield opened
    opened.close()


class Dying:
    async def passages(self, octets: bytes) -> Extraction:
        raise TemporaryError("a worker died")


class Desk:
    """A keeper whose workers look into the file as it was when they were told of it last."""

    def __init__(self, store: Store, folder: Path | None, workers: object = None) -> None:
        self.store, self.folder = store, folder
        self.now = datetime.now(UTC)
        self.reloads = 0
        self.keeper = DocumentKeeper(
            store=store,
            pool=workers or self,  # type: ignore[arg-type]
            folder=folder,
            maker=MAKER,
            console_key=CONSOLE,
            changed=self.reload,
            clock=lambda: self.now,
        )
        self.look_into()

    def look_into(self) -> None:
        records = open_records(self.folder or Path("/nonexistent"), KEY)
        workers = WorkersHere(Inspector(FEW_RULES, names=False, fingerprint_key=KEY, council="x", records=records))
        self.passages, self.inspect = workers.passages, workers.inspect

    async def reload(self) -> None:
        self.reloads += 1
        self.look_into()

    async def ask(self, ask: DocumentAsk, given: Given, **more: Any) -> DocumentRequest:
        """What became of it."""
        wish = new_wish(CONSOLE, ask, given, by="user:admin", **more)
        await self.store.documents.ask(wish)
        await self.keeper.look()
        request = await self.store.documents.request(wish.id)
        assert request is not None
        return request

    async def register(self, given: Given = BULLETIN, name: str = "Staff news") -> DocumentRequest:
        return await self.ask(DocumentAsk.REGISTER, given, name=name, kind="internal", reason="sent to staff")


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Desk:
    return Desk(store, tmp_path / "records")


def kept_on_disk(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in [folder / "records" / REGISTER, *folder.glob("gateway.db*")]]


async def test_what_is_registered_in_the_console_is_known_in_mail_and_no_word_of_it_is_kept(
    desk: Desk, tmp_path: Path
) -> None:
    done = await desk.register()
    assert done.state is DocumentState.DONE
    assert done.answer is not None
    (kept,) = await desk.store.documents.all()
    assert (kept.id, kept.name, kept.added_by, kept.reason) == (
        done.answer.document,
        "Staff news",
        "user:admin",
        "sent to staff",
    )
    assert desk.reloads == 1
    await desk.keeper.look()
    assert desk.reloads == 1, "nothing has changed"
    tried = await desk.ask(DocumentAsk.TRY, Given(file_name="", octets=f"FYI\n> {TEXT[200:900].upper()}".encode()))
    assert tried.answer is not None
    (found,) = tried.answer.found
    assert (found.name, found.kind) == ("Staff news", "internal")
    assert 20 < found.words <= 80
    as_file = await desk.ask(DocumentAsk.TRY, Given(file_name="a.html", octets=f"<p>{TEXT}</p>".encode()))
    assert as_file.answer is not None
    assert [one.id for one in as_file.answer.found] == [kept.id]
    other = await desk.ask(DocumentAsk.TRY, Given(file_name="", octets=b"Nothing of it stands here at all."))
    assert other.answer is not None
    assert other.answer.found == ()
    for octets in kept_on_disk(tmp_path):
        assert b"quillfeather" not in octets.lower()


async def test_what_was_taken_off_is_known_no_more(desk: Desk) -> None:
    done = await desk.register()
    assert done.answer is not None
    await desk.store.documents.remove([done.answer.document], by="user:admin", reason="out of date")
    await desk.keeper.look()
    assert desk.reloads == 2
    tried = await desk.ask(DocumentAsk.TRY, BULLETIN)
    assert tried.answer is not None
    assert tried.answer.found == ()


async def test_what_a_file_alone_knows_is_taken_into_the_store_once(desk: Desk, store: Store, tmp_path: Path) -> None:
    register(tmp_path / "records", [Registration(name="Old", kind="internal", partner=None, words=TEXT.split())])
    assert not await desk.keeper.take_up(), "the file is what it was"
    ((document, _),) = registered_documents(tmp_path / "records", MAKER)
    (kept,) = await store.documents.all()
    assert (kept.id, kept.name, kept.added_by) == (document.id, "Old", "file")
    elsewhere = tmp_path / "elsewhere"
    assert await bring_up(store, elsewhere, MAKER), "another gateway of the same store"
    assert registered_documents(elsewhere, MAKER) == registered_documents(tmp_path / "records", MAKER)
    await store.documents.remove([kept.id], by="user:admin", reason="old")
    assert await bring_up(store, elsewhere, MAKER)
    assert await desk.keeper.take_up()
    assert registered_documents(tmp_path / "records", MAKER) == ()
    register(tmp_path / "records", [Registration(name="Copied", kind="internal", partner=None, words=TEXT.split())])
    assert not await desk.keeper.take_up()
    assert not await desk.keeper.take_up(anew=True)
    assert [one.name for one in await store.documents.all() if not one.is_removed] == ["Copied"]


async def test_fingerprints_of_another_key_are_left_out_and_told_of(
    desk: Desk, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    old = new_document(KeyMaker(b"o" * 32), TEXT.split(), name="Old", kind="internal", partner=None, by="system:root")
    await store.documents.add([old])
    assert not is_usable(MAKER, old)
    assert not await desk.keeper.take_up()
    said = [one for one in caplog.records if one.getMessage() == "documents:taken_up"]
    assert [one.levelname for one in said] == ["WARNING"]


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (Given(file_name="short.txt", octets=b"Just a few words."), DocumentFault.TOO_SHORT),
        (Given(file_name="plan.zip", octets=b"PK\3\4broken"), DocumentFault.UNREADABLE),
    ],
    ids=["short", "broken"],
)
async def test_what_can_not_be_registered_is_refused(desk: Desk, given: Given, fault: DocumentFault) -> None:
    done = await desk.register(given)
    assert done.state is DocumentState.REFUSED
    assert done.answer is not None
    assert done.answer.fault is fault
    assert await desk.store.documents.all() == ()


async def test_without_a_folder_and_without_a_worker_it_is_refused_too(store: Store, tmp_path: Path) -> None:
    nowhere = await Desk(store, None).register()
    died = await Desk(store, tmp_path / "records", Dying()).register()
    faults = [done.answer and done.answer.fault for done in (nowhere, died)]
    assert faults == [DocumentFault.NO_FOLDER, DocumentFault.FAILED]


async def test_a_folder_that_can_not_be_written_is_tried_again_later(desk: Desk, tmp_path: Path) -> None:
    await asyncio.to_thread((tmp_path / "records").write_text, "in the way")
    await desk.register()
    assert desk.reloads == 0
    with pytest.raises(ConfigError):
        await bring_up(desk.store, tmp_path / "records", MAKER)
    await asyncio.to_thread((tmp_path / "records").unlink)
    await desk.keeper.look()
    assert desk.reloads == 0, "not every second"
    desk.now += AGAIN + timedelta(seconds=1)
    await desk.keeper.look()
    assert desk.reloads == 1
