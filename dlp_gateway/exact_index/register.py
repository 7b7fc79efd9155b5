"""The register of documents: their fingerprints, keyed, and what they are called; no text of theirs."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fcntl import LOCK_EX, flock
from pathlib import Path

from ..detect.records.documents import KIND, LEAST_OF_SHORT, document_keys
from ..detect.records.index_table import ENTRY_BYTES, KEY_BYTES, Document, IndexTable, KeyMaker
from ..errors import ConfigError, Fault
from .open import REGISTER, open_index
from .write import IndexWriter, make_folder

_LOCK = f".{REGISTER}.lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A document to be registered: its words, folded, in order."""

    name: str
    kind: str
    partner: str | None
    words: Sequence[str] = field(repr=False)


def registered_documents(folder: Path, maker: KeyMaker) -> tuple[Document, ...]:
    """What is registered. Raises ConfigError where the register is there and can't be used."""
    table = _open(folder, maker)
    return table.documents if table else ()


def add_documents(folder: Path, maker: KeyMaker, new: Sequence[Registration]) -> tuple[Document, ...]:
    """Register documents; answers them with their ids. Raises ConfigError for one that is too short to be told from
    others, and then registers none."""
    made = []
    faults = []
    for one in new:
        keys = document_keys(maker, one.words)
        if len(keys) < LEAST_OF_SHORT:
            text = f"has {len(one.words)} words, too few to know it again by; 20 are the least"
            faults.append(Fault(file=one.name, text=text))
        document = Document(
            id=secrets.token_hex(4),
            kind=one.kind,
            name=one.name,
            partner=one.partner,
            words=len(one.words),
            fingerprints=len(keys),
            added_at=datetime.now(UTC).isoformat(timespec="seconds"),
        )
        made.append((document, keys))
    if faults:
        raise ConfigError(faults)
    with _locked(folder):
        table = _open(folder, maker)
        kept = [(document, keys) for document, keys in _contents(table)]
        _write(folder, maker, [*kept, *made])
    return tuple(document for document, _ in made)


def remove_documents(folder: Path, maker: KeyMaker, ids: Collection[str]) -> tuple[Document, ...]:
    """Take documents off the register; answers them. Raises ConfigError for ids that are not there."""
    with _locked(folder):
        table = _open(folder, maker)
        known = {document.id for document in table.documents} if table else set()
        if unknown := [each for each in ids if each not in known]:
            faults = [
                Fault(file=each, text="no document has this id; `fingerprints list` shows them") for each in unknown
            ]
            raise ConfigError(faults)
        contents = list(_contents(table))
        _write(folder, maker, [(document, keys) for document, keys in contents if document.id not in ids])
    return tuple(document for document, _ in contents if document.id in ids)


def _open(folder: Path, maker: KeyMaker) -> IndexTable | None:
    path = folder / REGISTER
    return open_index(path, maker) if path.exists() else None


def _contents(table: IndexTable | None) -> Iterator[tuple[Document, set[bytes]]]:
    """Each document with its fingerprints."""
    if table is None:
        return
    keys: list[set[bytes]] = [set() for _ in table.documents]
    for at in range(table.start, table.start + table.entries * ENTRY_BYTES, ENTRY_BYTES):
        entry = table.octets[at : at + ENTRY_BYTES]
        keys[int.from_bytes(entry[KEY_BYTES:], "big")].add(entry[:KEY_BYTES])
    yield from zip(table.documents, keys, strict=True)


def _write(folder: Path, maker: KeyMaker, contents: Sequence[tuple[Document, set[bytes]]]) -> None:
    with IndexWriter(folder / REGISTER, maker) as writer:
        for number, (_, keys) in enumerate(contents):
            for key in keys:
                writer.add(key, number)
        documents = [document for document, _ in contents]
        writer.finish(kinds=[(KIND,)], records=len(documents), documents=documents)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """One change of the register at a time. Raises ConfigError where this user may not change it."""
    try:
        make_folder(folder)
        with (folder / _LOCK).open("w") as file:
            flock(file, LOCK_EX)
            yield
    except OSError as error:
        raise ConfigError([Fault(file=str(folder), text=f"can't be written ({error.strerror})")]) from None
