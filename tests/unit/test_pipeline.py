"""The way of a message and of a release, with a real store, real workers and a next hop that follows a script."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from dlp_gateway import metrics
from dlp_gateway.act.left_with_mta import LeftWithMta
from dlp_gateway.change.header import identity, loop_mark
from dlp_gateway.client_watch import ClientWatch
from dlp_gateway.config import Times, Workers
from dlp_gateway.decide import load_rulebook
from dlp_gateway.errors import (
    MessageRefusedError,
    NextHopDeferredError,
    OverloadedError,
    StoreUnavailableError,
    TemporaryError,
)
from dlp_gateway.model import Action, Disposition, Envelope, Facts, GapReason, Message, Outcome
from dlp_gateway.pipeline import POISON_CRASHES, RETRY_WINDOW, Pipeline
from dlp_gateway.pool import Pool
from dlp_gateway.release import Releaser
from dlp_gateway.store import (
    AS_IT_IS,
    AuditSearch,
    DeliveryKind,
    DeliveryState,
    DeskKind,
    DeskWish,
    HeldMessage,
    MessageRecord,
    MessageState,
    ReleaseManner,
    ReleaseOutlook,
    ReleasePlan,
    Store,
    Verb,
)
from tests.support import shipped_rules
from tests.support.fake_next_hop import Act, Answer, FakeNextHop
from tests.support.gateway_stand import KEYS, GatewayStand
from tests.support.milter_edits import apply_edits

pytestmark = pytest.mark.asyncio(loop_scope="module")

AUTHOR = "jo.evans@council.example"
COLLEAGUE = "sam.ali@council.example"
SUPPLIER = "orders@stationery.example"
RESIDENT = "k.osei1958@gmail.com"
NEIGHBOUR = "r.patel1971@hotmail.com"
CARE_AGENCY = "rota@kindly-care.example"  # may receive names and contact details only, and only from its own team
HOSPITAL = "ward.9@hospitals.nhs.example"
BLOG = "council@post.blog.example"
COUNCILLOR = "cllr.m.jones@members.council.example"

NHS = "The patient's NHS number is 943 476 5919, and she has epilepsy."
PLAIN = "The delivery of paper may come on Monday."

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)

texts = shipped_rules.texts()
rulebook = load_rulebook(texts)


def letter(body: str, *, author: str = AUTHOR, message_id_header: str | None = "<1@council.example>") -> bytes:
    head = [f"From: {author}", "To: undisclosed-recipients:;", "Subject: Monday"]
    if message_id_header is not None:
        head.append(f"Message-ID: {message_id_header}")
    return "\r\n".join([*head, "", body, ""]).encode()


def marked() -> bytes:
    """Held for its marking: of no high category, so what a reviewer lets go needs no encryption."""
    return letter(PLAIN).replace(b"Subject: Monday", b"Subject: NOT FOR PUBLICATION: Monday")


def message(
    octets: bytes,
    *recipients: str,
    our_id: str = "M1",
    reverse_path: str | None = AUTHOR,
    vouches: bool = True,
    received_at: datetime | None = None,
) -> Message:
    envelope = Envelope(
        reverse_path=reverse_path,
        recipients=recipients,
        client_ip="127.0.0.1",
        client_name="mx",
        vouches_for_sender=vouches,
    )
    return Message(id=our_id, envelope=envelope, octets=octets, received_at=received_at or datetime.now(UTC))


def outcomes(dispositions: tuple[Disposition, ...]) -> dict[str, Outcome]:
    return {d.recipient: d.outcome for d in dispositions}


@dataclass
class Scene:
    """A pipeline on a stand, and its two next hops."""

    stand: GatewayStand
    pipeline: Pipeline
    hop: FakeNextHop
    secure: FakeNextHop

    @property
    def store(self) -> Store:
        return self.stand.store

    async def handle(self, one: Message) -> dict[str, Outcome]:
        return outcomes(await self.pipeline.handle_message(one, ClientWatch()))

    async def show(self, one: Message, *, heard: bool = True) -> tuple[dict[str, Outcome], LeftWithMta | None]:
        """The same message, shown by a mail server."""
        shown = replace(one, from_mta=True)
        dispositions, left = await self.pipeline.handle_from_mta(shown, ClientWatch())
        self.pipeline.replied(one.id, heard=heard)
        await self.store.flush()
        return outcomes(dispositions), left

    async def record_of(self, message_id: str) -> MessageRecord:
        await self.store.flush()
        stored = await self.store.message_record(message_id)
        assert stored is not None
        return stored.record

    async def hold(self, one: Message) -> HeldMessage:
        """Handle a message of which something must be held; notices about it are taken out of the outbox."""
        await self.handle(one)
        (held,) = await self.store.held_list()
        await self.stand.outbox()
        return held

    async def release(
        self, held: HeldMessage, *recipients: str, override: bool = True, manner: ReleaseManner = AS_IT_IS
    ) -> HeldMessage:
        """A reviewer releases it, and the gateway carries that out; answers what became of it."""
        await self.store.request_release(
            held.id,
            by="reviewer",
            reason="it is her daughter",
            recipients=recipients or None,
            overrides=frozenset(held.rules) if override else frozenset(),
            manner=manner,
        )
        (request,) = await self.store.claim_release_requests(5, 60)
        await Releaser(pipeline=self.pipeline).release_message(request, held)
        after = await self.store.held(held.id)
        assert after is not None
        return after


OpenScene = Callable[..., AbstractAsyncContextManager[Scene]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool() -> AsyncIterator[Pool]:
    async with Pool(Workers(count=1, names=False), Times(), texts, KEYS.fingerprint) as pool:
        yield pool


@pytest.fixture
def scene(tmp_path: Path, pool: Pool) -> OpenScene:
    """`async with scene(script) as s`; `idle=True` gives a pipeline whose workers never started."""

    @asynccontextmanager
    async def opened(
        script: dict[str, Answer] | None = None, *, idle: bool = False, clock: datetime | None = None
    ) -> AsyncIterator[Scene]:
        async with FakeNextHop(script) as hop, FakeNextHop() as secure:
            workers = None if idle else pool
            stand = GatewayStand(tmp_path, hop, secure=secure, pool=workers)
            pipeline = Pipeline(
                config=stand.config,
                rulebook=rulebook,
                mark_key=KEYS.mark,
                pool=stand.pool,
                store=stand.store,
                carrier=stand.carrier,
                preparer=stand.preparer,
                relay=stand.relay,
                ways=stand.ways,
                learner=stand.learner,
                clock=lambda: clock or datetime.now(UTC),
            )
            try:
                yield Scene(stand=stand, pipeline=pipeline, hop=hop, secure=secure)
            finally:
                await stand.close()

    return opened


# -- what is inspected, and what not -----------------------------------------------------------------


async def test_ordinary_mail_is_inspected_recorded_and_relayed(scene: OpenScene) -> None:
    async with scene() as s:
        assert await s.handle(message(letter(PLAIN), SUPPLIER)) == {SUPPLIER: Outcome.RELAYED}
        assert len(s.hop.taken) == 1
        record = await s.record_of("M1")
        assert (record.scope, record.author) == ("inspected", AUTHOR)
        assert record.message_id_header == "<1@council.example>"
        assert record.policy_version == rulebook.version
        assert record.inspection is not None
        await s.stand.nothing_is_kept()


async def test_mail_that_stays_inside_is_not_sent_to_a_worker(scene: OpenScene) -> None:
    async with scene(idle=True) as s:
        assert await s.handle(message(letter(NHS), COLLEAGUE)) == {COLLEAGUE: Outcome.RELAYED}
        with pytest.raises(OverloadedError):
            await s.handle(message(letter(NHS), COLLEAGUE, RESIDENT, our_id="M2"))


async def test_a_split_mail_goes_each_its_own_way(scene: OpenScene) -> None:
    async with scene() as s:
        done = await s.handle(message(letter(NHS), COLLEAGUE, HOSPITAL, RESIDENT, BLOG))
        assert done == {
            COLLEAGUE: Outcome.RELAYED,
            HOSPITAL: Outcome.DEFERRED,
            RESIDENT: Outcome.HELD,
            BLOG: Outcome.REJECTED,
        }
        assert [taken.rcpts for taken in s.hop.taken] == [[f"RCPT TO:<{COLLEAGUE}>".encode()]]
        assert await s.stand.held() == [(RESIDENT,)]
        assert (DeliveryKind.QUEUE, (HOSPITAL,)) in await s.stand.outbox()


async def test_an_elected_member_is_out_of_scope_with_proof_and_only_the_envelope_is_recorded(scene: OpenScene) -> None:
    async with scene(idle=True) as s:
        one = message(letter(NHS, author=COUNCILLOR), RESIDENT, reverse_path=COUNCILLOR)
        assert await s.handle(one) == {RESIDENT: Outcome.RELAYED}
        record = await s.record_of("M1")
        assert (record.scope, record.inspection, record.message_id_header) == ("out-of-scope", None, None)
        assert [verdict.rules for verdict in record.verdicts] == [()]


@pytest.mark.parametrize(
    "one",
    [
        message(letter(NHS, author=COUNCILLOR), RESIDENT, reverse_path=COUNCILLOR, vouches=False),
        message(letter(NHS, author=AUTHOR), RESIDENT, reverse_path=COUNCILLOR),
        message(letter(NHS, author=COUNCILLOR), RESIDENT, reverse_path=AUTHOR),
        message(letter(NHS, author=f"{COUNCILLOR}, {AUTHOR}"), RESIDENT, reverse_path=COUNCILLOR),
        message(letter(NHS, author=COUNCILLOR), RESIDENT, reverse_path=None),
    ],
    ids=["nobody vouches", "another author", "another reverse-path", "two authors", "null reverse-path"],
)
async def test_without_all_of_the_proof_an_elected_members_mail_is_inspected(scene: OpenScene, one: Message) -> None:
    async with scene() as s:
        assert await s.handle(one) == {RESIDENT: Outcome.HELD}
        assert (await s.record_of("M1")).scope == "inspected"


# -- the same mail again -----------------------------------------------------------------------------


async def test_a_second_identical_attempt_joins_the_running_one(scene: OpenScene) -> None:
    async with scene() as s:
        octets = letter(NHS)
        again = b"Received: from proxy (127.0.0.1)\r\n" + octets
        first, second = await asyncio.gather(
            s.handle(message(octets, COLLEAGUE, RESIDENT)),
            s.handle(message(again, COLLEAGUE, RESIDENT, our_id="M2")),
        )
        assert first == second == {COLLEAGUE: Outcome.RELAYED, RESIDENT: Outcome.HELD}
        assert len(s.hop.taken) == 1
        assert await s.stand.held() == [(RESIDENT,)]
        assert await s.store.message_record("M2") is None


async def test_an_attempt_that_fails_fails_for_those_who_joined_and_the_next_is_its_own(scene: OpenScene) -> None:
    async with scene({"DOT": ["450 4.2.0 later", "250 2.0.0 queued"]}) as s:
        failed = await asyncio.gather(
            s.handle(message(letter(PLAIN), SUPPLIER)),
            s.handle(message(letter(PLAIN), SUPPLIER, our_id="M2")),
            return_exceptions=True,
        )
        assert [type(error) for error in failed] == [NextHopDeferredError, NextHopDeferredError]
        assert await s.handle(message(letter(PLAIN), SUPPLIER, our_id="M3")) == {SUPPLIER: Outcome.RELAYED}


async def test_who_joined_an_attempt_that_is_cancelled_hears_451_and_is_not_cancelled_itself(scene: OpenScene) -> None:
    async with scene() as s, asyncio.TaskGroup() as group:
        first = group.create_task(s.handle(message(letter(PLAIN), SUPPLIER)))
        second = group.create_task(_error_of(s.handle(message(letter(PLAIN), SUPPLIER, our_id="M2"))))
        await asyncio.sleep(0)
        first.cancel()
        assert type(await second) is TemporaryError


async def _error_of(call: object) -> BaseException | None:
    (result,) = await asyncio.gather(call, return_exceptions=True)  # type: ignore[call-overload]
    return result if isinstance(result, BaseException) else None


async def test_mail_without_a_message_id_header_is_never_taken_for_a_retry(scene: OpenScene) -> None:
    async with scene() as s:
        octets = letter(NHS, message_id_header=None)
        await asyncio.gather(*(s.handle(message(octets, RESIDENT, our_id=our_id)) for our_id in ("M1", "M2")))
        assert len(await s.stand.held()) == 2


async def test_a_retry_of_what_is_done_and_written_is_answered_from_the_record(scene: OpenScene) -> None:
    async with scene() as s:
        await s.handle(message(letter(NHS), COLLEAGUE, RESIDENT))
        s.pipeline.replied("M1", heard=False)
        done = await s.handle(message(letter(NHS), COLLEAGUE, RESIDENT, our_id="M2"))
        assert done == {COLLEAGUE: Outcome.RELAYED, RESIDENT: Outcome.HELD}
        assert len(s.hop.taken) == 1, "that it was relayed is written: nobody gets it twice"
        assert await s.stand.held() == [(RESIDENT,)]
        assert [kind for kind, _ in await s.stand.outbox()] == [DeliveryKind.NOTICE]


async def test_a_client_that_left_before_our_250_hears_it_when_it_tries_again(scene: OpenScene) -> None:
    """A next hop may take longer over the final dot than the client waits."""
    async with scene() as s:
        taken = []
        for our_id, heard in (("M1", False), ("M2", False), ("M3", True), ("M4", True)):
            done = await s.handle(message(letter(PLAIN), SUPPLIER, our_id=our_id))
            s.pipeline.replied(our_id, heard=heard)
            taken.append(len(s.hop.taken))
            assert done == {SUPPLIER: Outcome.RELAYED}
        assert taken == [1, 1, 1, 2], "once it was heard, the same mail is another mail"


async def test_who_left_without_a_message_id_header_is_never_taken_for_a_retry(scene: OpenScene) -> None:
    async with scene() as s:
        for our_id in ("M1", "M2"):
            await s.handle(message(letter(PLAIN, message_id_header=None), SUPPLIER, our_id=our_id))
            s.pipeline.replied(our_id, heard=False)
        assert len(s.hop.taken) == 2


async def test_a_retry_hears_that_custody_is_ours_whatever_became_of_it_meanwhile(scene: OpenScene) -> None:
    """A refusal that came later was reported; said again to the client, the sender would be told twice."""
    async with scene() as s:
        await s.handle(message(letter(NHS), RESIDENT))
        (held,) = await s.store.held_list()
        await s.store.reject(held.id, by="reviewer", reason="wrong person")
        done = await s.handle(message(letter(NHS), RESIDENT, our_id="M2"))
        assert done == {RESIDENT: Outcome.DEFERRED}
        assert await s.stand.held() == []


async def test_once_the_retrys_client_heard_250_the_same_mail_is_another_mail(scene: OpenScene) -> None:
    async with scene() as s:
        for our_id, heard in (("M1", False), ("M2", True), ("M3", True)):
            await s.handle(message(letter(NHS), RESIDENT, our_id=our_id))
            s.pipeline.replied(our_id, heard=heard)
            await s.store.flush()
        assert await s.stand.held() == [(RESIDENT,), (RESIDENT,)]


async def test_who_joined_and_heard_250_ends_the_attempt_that_its_first_client_left(scene: OpenScene) -> None:
    async with scene() as s:
        both = (message(letter(NHS), RESIDENT), message(letter(NHS), RESIDENT, our_id="M2"))
        await asyncio.gather(*(s.handle(one) for one in both))
        s.pipeline.replied("M1", heard=False)
        s.pipeline.replied("M2", heard=True)
        await s.store.flush()
        stored = await s.store.message_record("M1")
        assert stored is not None
        assert stored.answered is True


async def test_once_the_client_heard_250_the_same_mail_is_another_mail(scene: OpenScene) -> None:
    async with scene() as s:
        await s.handle(message(letter(NHS), RESIDENT))
        s.store.mark_answered("M1")
        await s.store.flush()
        await s.handle(message(letter(NHS), RESIDENT, our_id="M2"))
        assert await s.stand.held() == [(RESIDENT,), (RESIDENT,)]


async def test_after_an_hour_a_retry_is_stored_again(scene: OpenScene) -> None:
    now = datetime.now(UTC)
    async with scene(clock=now) as s:
        long_ago = now - RETRY_WINDOW - timedelta(seconds=1)
        await s.handle(message(letter(NHS), RESIDENT, received_at=long_ago))
        await s.handle(message(letter(NHS), RESIDENT, our_id="M2"))
        assert len(await s.stand.held()) == 2


# -- mail that nobody should take twice --------------------------------------------------------------


async def test_three_valid_marks_of_ours_are_a_loop(scene: OpenScene) -> None:
    async with scene() as s:
        marks = [loop_mark(f"L{n}", KEYS.mark) for n in range(3)]
        with pytest.raises(MessageRefusedError) as refused:
            await s.handle(message(b"".join(marks) + letter(PLAIN), SUPPLIER))
        assert refused.value.enhanced_code == "5.4.6"
        assert s.hop.sessions == []
        foreign = loop_mark("L3", b"another installation's key")
        done = await s.handle(message(b"".join(marks[:2]) + foreign + letter(PLAIN), SUPPLIER))
        assert done == {SUPPLIER: Outcome.RELAYED}
        assert foreign not in s.hop.taken[0].octets
        assert s.hop.taken[0].octets.count(b"X-DLP-Gateway: ") == 3


async def test_a_message_with_which_the_gateway_died_three_times_is_held_unread(scene: OpenScene) -> None:
    poison = message(letter(PLAIN), SUPPLIER, COLLEAGUE)
    attempt = identity(poison)
    assert attempt is not None
    async with scene() as s:
        await asyncio.to_thread(s.store.close)
        for n in range(POISON_CRASHES):
            dying = Store.open(s.stand.settings, KEYS, gateway_id="test")
            await dying.record(
                MessageRecord(
                    message_id=f"D{n}",
                    received_at=poison.received_at,
                    envelope=poison.envelope,
                    size_bytes=poison.size_bytes,
                    identity=attempt,
                )
            )
            await asyncio.to_thread(dying.close)
        reopened = Store.open(s.stand.settings, KEYS, gateway_id="test")
        s.pipeline.store = s.stand.store = s.stand.preparer.store = reopened
        s.pipeline.learner = s.stand.learner
        s.stand.carrier._store = s.stand.preparer.notices.store = reopened
        assert await s.handle(poison) == {SUPPLIER: Outcome.HELD, COLLEAGUE: Outcome.RELAYED}
        inspection = (await s.record_of("M1")).inspection
        assert inspection is not None
        assert [(gap.reason, gap.part) for gap in inspection.gaps] == [(GapReason.TIMED_OUT, "")]
        assert inspection.ruleset == "", "no worker looked at it"
        assert (await s.record_of("M1")).message_id_header == "<1@council.example>"


# -- nobody to tell ----------------------------------------------------------------------------------


async def test_what_would_be_rejected_from_a_null_reverse_path_is_held_where_others_get_it(scene: OpenScene) -> None:
    async with scene() as s:
        done = await s.handle(message(letter(NHS), COLLEAGUE, BLOG, reverse_path=None))
        assert done == {COLLEAGUE: Outcome.RELAYED, BLOG: Outcome.HELD}
        (held,) = await s.store.held_list()
        assert held.reviewers == "information-governance"
        assert (DeliveryKind.NOTICE, (AUTHOR,)) not in await s.stand.outbox()


async def test_where_all_are_rejected_the_reply_tells_even_a_null_reverse_path(scene: OpenScene) -> None:
    async with scene() as s:
        assert await s.handle(message(letter(NHS), BLOG, reverse_path=None)) == {BLOG: Outcome.REJECTED}
        await s.stand.nothing_is_kept()


# -- trouble -----------------------------------------------------------------------------------------


async def test_without_a_store_nothing_is_sent(scene: OpenScene) -> None:
    async with scene() as s:
        await asyncio.to_thread(s.store.close)
        for recipients in ((SUPPLIER,), (RESIDENT,), (COLLEAGUE, RESIDENT)):
            with pytest.raises(StoreUnavailableError):
                await s.handle(message(letter(NHS), *recipients))
        assert s.hop.taken == []


async def test_when_no_worker_becomes_free_the_client_is_asked_to_come_back(scene: OpenScene) -> None:
    short = Times(worker_wait_seconds=0.05)
    async with scene() as s, Pool(Workers(count=1, names=False), short, texts, KEYS.fingerprint) as busy:
        s.pipeline.pool = busy
        worker = await busy._acquire()
        with pytest.raises(OverloadedError):
            await s.handle(message(letter(PLAIN), SUPPLIER))
        assert s.hop.taken == []
        assert await s.store.message_record("M1") is None
        busy._release(worker, usable=True)
        assert await s.handle(message(letter(PLAIN), SUPPLIER)) == {SUPPLIER: Outcome.RELAYED}


# -- release -----------------------------------------------------------------------------------------


async def test_a_released_message_is_sent_and_its_author_is_told(scene: OpenScene) -> None:
    async with scene() as s:
        held = await s.hold(message(marked(), RESIDENT))
        after = await s.release(held)
        assert after.state is DeliveryState.DONE
        (taken,) = s.hop.taken
        assert taken.rcpts == [f"RCPT TO:<{RESIDENT}>".encode()]
        assert b"delivery of paper" in taken.octets
        assert taken.octets.startswith(b"Received: ")
        assert await s.stand.outbox() == [(DeliveryKind.NOTICE, (AUTHOR,))]


async def test_contacts_are_learned_of_what_was_relayed_and_of_what_was_held_once_it_is_released(
    scene: OpenScene,
) -> None:
    async def new(name: str) -> frozenset[str] | None:
        await s.handle(message(letter(PLAIN, message_id_header=f"<{name}@x>"), SUPPLIER, RESIDENT, our_id=name))
        facts = (await s.record_of(name)).facts
        return facts.never_written_to if facts is not None else None

    async with scene() as s:
        await s.handle(message(letter(PLAIN), SUPPLIER))
        held = await s.hold(message(marked(), RESIDENT, our_id="M2"))
        await s.store.flush()
        recalled = await s.pipeline.recall(message(letter(PLAIN), SUPPLIER, RESIDENT), rulebook)
        assert s.pipeline.learner.remember(Facts(now=NOW), recalled).never_written_to == {RESIDENT}
        await s.release(held)
        await s.store.flush()
        assert await new("M3") == frozenset()


async def test_a_reply_that_shows_an_internal_thread_outside_is_observed_and_recorded(scene: OpenScene) -> None:
    reply = letter(PLAIN, message_id_header="<2@x>").replace(
        b"Subject:", b"References: <1@council.example>\r\nSubject:"
    )
    async with scene() as s:
        await s.handle(message(letter(PLAIN), COLLEAGUE))
        await s.store.flush()
        await s.handle(message(reply, SUPPLIER, COLLEAGUE, our_id="M2"))
        verdicts = (await s.record_of("M2")).verdicts
        assert [v.observed for v in verdicts] == [("thread-outsider",), ()]


async def test_a_release_that_overrides_nothing_returns_to_the_queue(scene: OpenScene) -> None:
    async with scene() as s:
        held = await s.hold(message(marked(), RESIDENT))
        after = await s.release(held, override=False)
        assert after.state is DeliveryState.HELD
        assert after.rules == held.rules
        assert s.hop.taken == []
        assert await s.stand.outbox() == []


async def test_a_rule_that_holds_anew_returns_it_to_the_queue_with_that_rule(scene: OpenScene) -> None:
    async with scene() as s:
        held = await s.hold(message(marked(), RESIDENT))
        policy = texts["policy.yaml"].replace(
            "rules:\n",
            "rules:\n  - {id: newest, clause: '9', reason: Of today., when: {recipient_class: outside}, then: hold}\n",
            1,
        )
        s.pipeline.rulebook = load_rulebook(texts | {"policy.yaml": policy})
        after = await s.release(held)
        assert after.state is DeliveryState.HELD
        assert ("newest", s.pipeline.rulebook.version) in after.rules
        assert s.hop.taken == []
        assert (await s.release(after)).state is DeliveryState.DONE


async def test_a_release_never_lifts_a_required_encryption(scene: OpenScene) -> None:
    async with scene() as s:
        held = await s.hold(message(letter(NHS), CARE_AGENCY))
        after = await s.release(held)
        assert after.state is DeliveryState.DONE
        assert s.hop.taken == []
        assert len(s.secure.taken) == 1


async def test_high_data_that_a_reviewer_lets_go_goes_encrypted_whatever_held_it(scene: OpenScene) -> None:
    async with scene() as s:
        held = await s.hold(message(letter(NHS), RESIDENT))
        assert (await s.release(held)).state is DeliveryState.DONE
        assert (len(s.hop.taken), len(s.secure.taken)) == (0, 1)


async def test_a_release_to_some_leaves_the_others_held(scene: OpenScene) -> None:
    async with scene() as s:
        held = await s.hold(message(marked(), RESIDENT, NEIGHBOUR))
        after = await s.release(held, RESIDENT)
        assert (after.state, after.delivery.recipients) == (DeliveryState.HELD, (NEIGHBOUR,))
        assert [taken.rcpts for taken in s.hop.taken] == [[f"RCPT TO:<{RESIDENT}>".encode()]]


ENCRYPTED = ReleaseManner(encrypted=True)
NO_CSV = ReleaseManner(without=("2",))


def with_file(*head: str) -> bytes:
    """Held for its attachment: without it nothing stops it."""
    lines = [*head, f"From: {AUTHOR}", "To: undisclosed-recipients:;", "Subject: Monday", "Message-ID: <1@x>"]
    lines += ["MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b"', ""]
    lines += ["--b", "Content-Type: text/plain", "", PLAIN, "--b", "Content-Type: text/plain"]
    lines += ['Content-Disposition: attachment; filename="notes.txt"', "", NHS, "--b--", ""]
    return "\r\n".join(lines).encode()


async def looks(s: Scene, held: HeldMessage, manner: ReleaseManner) -> ReleaseOutlook:
    plan = ReleasePlan(recipients=held.delivery.recipients, overrides=frozenset(held.rules), manner=manner)
    wish = DeskWish(held_id=held.id, kind=DeskKind.LOOK, by="user:lead", reason="", plan=plan)
    return await Releaser(pipeline=s.pipeline).look_ahead(held, wish)


async def last_step(s: Scene, verb: Verb) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((await s.store.search_audit(AuditSearch(verb=verb)))[-1].body)
    return body


async def test_a_release_goes_encrypted_where_a_reviewer_chooses_so(scene: OpenScene) -> None:
    async with scene() as s:
        held = await s.hold(message(marked(), RESIDENT))
        assert [one.action for one in (await looks(s, held, ENCRYPTED)).recipients] == [Action.ENCRYPT]
        assert (len(s.hop.taken), len(s.secure.taken)) == (0, 0), "to look ahead sends nothing"
        assert (await s.release(held, manner=ENCRYPTED)).state is DeliveryState.DONE
        assert (len(s.hop.taken), len(s.secure.taken)) == (0, 1)
        assert (await last_step(s, Verb.HELD_RELEASED))["encrypted"] is True


async def test_where_nothing_is_encrypted_it_comes_back_as_it_was_and_says_why(scene: OpenScene) -> None:
    async with scene() as s:
        held = await s.hold(message(marked(), RESIDENT))
        s.pipeline.config = s.pipeline.config.model_copy(update={"default_encrypt_route": "nowhere"})
        (told,) = (await looks(s, held, ENCRYPTED)).recipients
        assert not told.goes
        assert "“nowhere”" in told.why[0]
        after = await s.release(held, manner=ENCRYPTED)
        assert (after.state, after.rules, after.reasons) == (DeliveryState.HELD, held.rules, held.reasons)
        assert "“nowhere”" in (await last_step(s, Verb.HELD_RETURNED))["why"][0]
        assert (len(s.hop.taken), len(s.secure.taken)) == (0, 0)
        assert (await s.release(after)).state is DeliveryState.DONE, "as it is, it still can go"


async def test_a_release_without_an_attachment_is_inspected_without_it(scene: OpenScene) -> None:
    """So what is left goes as ordinary mail, where the whole would have gone encrypted."""
    async with scene() as s:
        held = await s.hold(message(with_file(), RESIDENT))
        assert (await s.release(held, manner=NO_CSV)).state is DeliveryState.DONE
        (taken,) = s.hop.taken
        assert s.secure.taken == []
        assert taken.mail.startswith(f"MAIL FROM:<{AUTHOR}>".encode())
        assert PLAIN.encode() in taken.octets
        assert b"943 476" not in taken.octets
        assert b"notes.txt" not in taken.octets
        assert b"has taken an attachment away here" in taken.octets.replace(b"=\r\n", b"")
        assert (await last_step(s, Verb.HELD_RELEASE_REQUESTED))["without"] == ["2"]
        assert (await last_step(s, Verb.HELD_RELEASED))["without"] == ["2"]
        (notice,) = await s.store.claim_due(datetime.now(UTC) + timedelta(days=1), 5, 60)
        assert b"notes.txt" in bytes(await s.store.unseal(notice.octets_key)), "its author is told which"


async def test_what_is_left_is_judged_by_the_rules_of_today(scene: OpenScene) -> None:
    async with scene() as s:
        octets = with_file().replace(PLAIN.encode(), NHS.encode())
        held = await s.hold(message(octets, RESIDENT))
        after = await s.release(held, manner=NO_CSV, override=False)
        assert (after.state, after.rules) == (DeliveryState.HELD, held.rules)
        assert (len(s.hop.taken), len(s.secure.taken)) == (0, 0)


async def test_what_can_not_be_taken_away_comes_back_and_says_why(scene: OpenScene) -> None:
    async with scene() as s:
        held = await s.hold(message(with_file("DKIM-Signature: v=1; d=council.example; b=x"), RESIDENT))
        assert (await looks(s, held, NO_CSV)) == ReleaseOutlook(undone=("DKIM-signed",))
        after = await s.release(held, manner=NO_CSV)
        assert (after.state, after.rules) == (DeliveryState.HELD, held.rules)
        assert (await last_step(s, Verb.HELD_RETURNED))["why"] == ["DKIM-signed"]
        assert (len(s.hop.taken), len(s.secure.taken)) == (0, 0)


@pytest.mark.parametrize("script", [{"RCPT": "450 4.2.1 full"}, {"DOT": "451 4.3.0 later"}, {"CONNECT": Act.DROP}])
async def test_a_released_message_that_is_deferred_goes_on_in_the_outbox(
    scene: OpenScene, script: dict[str, Answer]
) -> None:
    async with scene(script) as s:
        held = await s.hold(message(marked(), RESIDENT))
        after = await s.release(held)
        assert after.state is DeliveryState.DONE
        assert await s.stand.outbox() == [(DeliveryKind.QUEUE, (RESIDENT,))]


async def test_a_released_message_that_is_refused_is_reported_to_its_sender(scene: OpenScene) -> None:
    async with scene({"RCPT": "550 5.1.1 nobody of that name"}) as s:
        held = await s.hold(message(marked(), RESIDENT))
        after = await s.release(held)
        assert after.state is DeliveryState.DONE
        assert len(await s.stand.outbox()) == 1
        assert s.hop.taken == []


async def test_a_release_of_a_message_whose_octets_are_damaged_sends_nothing(scene: OpenScene) -> None:
    async with scene() as s:
        held = await s.hold(message(marked(), RESIDENT))
        for file in s.stand.settings.spool.rglob("*"):
            if file.stem == held.octets_key:
                file.chmod(0o600)
                file.write_bytes(file.read_bytes()[:-1] + b"x")
        with pytest.raises(StoreUnavailableError):
            await s.release(held)
        assert s.hop.taken == []


# -- what is counted ---------------------------------------------------------------------------------


def counted(name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value(f"dlp_gateway_{name}", labels) or 0


async def test_verdicts_outcomes_rules_and_markings_are_counted(scene: OpenScene) -> None:
    samples: list[tuple[str, dict[str, str]]] = [
        ("verdicts_total", {"action": "hold", "recipient_class": "webmail"}),
        ("verdicts_total", {"action": "relay", "recipient_class": "internal"}),
        ("rules_total", {"rule": "unapproved-high", "mode": "enforce"}),
        ("outcomes_total", {"outcome": "held"}),
        ("outcomes_total", {"outcome": "relayed"}),
        ("secret_markings_total", {}),
        ("inspection_seconds_count", {}),
        ("handling_seconds_count", {}),
    ]
    async with scene() as s:
        before = [counted(name, **labels) for name, labels in samples]
        octets = letter(NHS).replace(b"Subject: Monday", b"Subject: TOP SECRET")
        await s.handle(message(octets, COLLEAGUE, RESIDENT))
        assert [counted(name, **labels) for name, labels in samples] == [value + 1 for value in before]
        assert counted("messages_in_hand") == 0


async def test_a_failed_attempt_is_no_longer_in_hand(scene: OpenScene) -> None:
    async with scene({"DOT": Act.TAKE_AND_DROP}) as s:
        before = counted("possible_duplicates_total")
        with pytest.raises(TemporaryError):
            await s.handle(message(letter(PLAIN), SUPPLIER))
        assert counted("messages_in_hand") == 0
        assert counted("possible_duplicates_total") == before + 1
        stored = await s.store.message_record("M1")
        assert stored is not None
        assert stored.state is MessageState.CLOSED


# -- shown by a mail server (milter) -----------------------------------------------------------------


async def test_what_a_mail_server_sends_itself_is_what_we_would_have_sent(scene: OpenScene) -> None:
    """But for our Received field: the message never left the mail server."""
    async with scene() as s:
        octets = letter(PLAIN)
        await s.handle(message(octets, SUPPLIER))
        (sent,) = s.hop.taken
        done, left = await s.show(message(octets, SUPPLIER, our_id="M2"))
        assert done == {SUPPLIER: Outcome.RELAYED}
        assert left is not None
        assert left.accepted == (SUPPLIER,)
        received, mark, rest = sent.octets.partition(loop_mark("M1", KEYS.mark))
        assert received.startswith(b"Received: from ")
        assert mark
        assert apply_edits(octets, left.edits) == loop_mark("M2", KEYS.mark) + rest
        assert b"\r\nThis email and any attachments" in rest
        assert len(s.hop.taken) == 1, "we send nothing"


async def test_of_a_split_mail_the_mail_server_keeps_the_plain_relay_alone(scene: OpenScene) -> None:
    async with scene() as s:
        done, left = await s.show(message(letter(NHS), COLLEAGUE, HOSPITAL, RESIDENT, BLOG))
        assert done == {
            COLLEAGUE: Outcome.RELAYED,
            HOSPITAL: Outcome.DEFERRED,
            RESIDENT: Outcome.HELD,
            BLOG: Outcome.REJECTED,
        }
        assert left is not None
        assert left.accepted == (COLLEAGUE,)
        assert await s.stand.held() == [(RESIDENT,)]
        assert (DeliveryKind.QUEUE, (HOSPITAL,)) in await s.stand.outbox()


@pytest.mark.parametrize("recipient", [HOSPITAL, RESIDENT, BLOG])
async def test_a_mail_server_keeps_nothing_that_is_encrypted_held_or_rejected(scene: OpenScene, recipient: str) -> None:
    async with scene() as s:
        _, left = await s.show(message(letter(NHS), recipient))
        assert left is None


async def test_a_mail_server_that_never_heard_our_answer_hears_it_anew_and_nothing_is_kept_twice(
    scene: OpenScene,
) -> None:
    """It still has the message for its own recipients: to say 250 alone would leave the others in it."""
    async with scene() as s:
        for our_id, heard in (("M1", False), ("M2", False), ("M3", True)):
            done, left = await s.show(message(letter(NHS), RESIDENT, COLLEAGUE, our_id=our_id), heard=heard)
            assert done == {RESIDENT: Outcome.HELD, COLLEAGUE: Outcome.RELAYED}
            assert left is not None
            assert left.accepted == (COLLEAGUE,)
            assert await s.stand.held() == [(RESIDENT,)]
        await s.show(message(letter(NHS), RESIDENT, COLLEAGUE, our_id="M4"))
        assert await s.stand.held() == [(RESIDENT,), (RESIDENT,)], "once it was heard, the same mail is another mail"


async def test_what_a_mail_server_keeps_is_never_answered_from_memory(scene: OpenScene) -> None:
    async with scene() as s:
        for our_id in ("M1", "M2"):
            _, left = await s.show(message(letter(PLAIN), SUPPLIER, our_id=our_id), heard=False)
            assert left is not None


async def test_smtp_and_milter_never_answer_for_one_another(scene: OpenScene) -> None:
    """What SMTP has relayed is out; a mail server that hears no more than 250 would send it to everybody again."""
    async with scene() as s:
        await s.handle(message(letter(NHS), COLLEAGUE, RESIDENT))
        s.pipeline.replied("M1", heard=False)
        _, left = await s.show(message(letter(NHS), COLLEAGUE, RESIDENT, our_id="M2"))
        assert left is not None
        assert left.accepted == (COLLEAGUE,)


async def test_no_record_no_answer_to_a_mail_server(scene: OpenScene) -> None:
    async with scene() as s:
        s.store.close()
        with pytest.raises(TemporaryError):
            await s.show(message(letter(PLAIN), SUPPLIER))


class Left(ClientWatch):
    @property
    def gone(self) -> bool:
        return True


async def test_for_a_mail_server_that_has_left_nothing_is_done(scene: OpenScene) -> None:
    async with scene() as s:
        shown = replace(message(letter(NHS), COLLEAGUE, RESIDENT), from_mta=True)
        with pytest.raises(TemporaryError):
            await s.pipeline.handle_from_mta(shown, Left())
        await s.stand.nothing_is_kept()
