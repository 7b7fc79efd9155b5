"""The register of documents as a file: their fingerprints, keyed, and what they are called; no text of theirs.

The store says what is registered (`document_register.py`); this is what workers look into.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fcntl import LOCK_EX, flock
from pathlib import Path

from ..detect.records.documents import KIND, LEAST_OF_SHORT, document_keys
from ..detect.records.index_table import ENTRY_BYTES, KEY_BYTES, Document, KeyMaker
from ..detect.records.normal_forms import NORMAL_FORMS
from ..errors import ConfigError, Fault
from .open import REGISTER, open_index
from .write import IndexWriter, make_folder

_LOCK = f".{REGISTER}.lock"

LEAST_WORDS = 20
"""So many are about the fewest that a document is known again by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A document to be registered: its words, folded, in order."""

    name: str
    kind: str
    partner: str | None
    words: Sequence[str] = field(repr=False)


def made_with(maker: KeyMaker) -> str:
    """Names the key of fingerprints and the form of the words that they are made of: others are no use."""
    return f"{maker.key_id}:{NORMAL_FORMS}"


def fingerprinted(maker: KeyMaker, one: Registration) -> tuple[Document, frozenset[bytes]]:
    """A new document with its fingerprints. Raises ConfigError for one that is too short to be told from others."""
    keys = document_keys(maker, one.words)
    if len(keys) < LEAST_OF_SHORT:
        text = f"has {len(one.words)} words, too few to know it again by; {LEAST_WORDS} are the least"
        raise ConfigError([Fault(file=one.name, text=text)])
    document = Document(
        id=secrets.token_hex(4),
        kind=one.kind,
        name=one.name,
        partner=one.partner,
        words=len(one.words),
        fingerprints=len(keys),
        added_at=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return document, frozenset(keys)


def registered_documents(folder: Path, maker: KeyMaker) -> tuple[tuple[Document, frozenset[bytes]], ...]:
    """What the file holds, each with its fingerprints. Raises ConfigError where it is there and can't be used."""
    path = folder / REGISTER
    table = open_index(path, maker) if path.exists() else None
    if table is None:
        return ()
    keys: list[set[bytes]] = [set() for _ in table.documents]
    for at in range(table.start, table.start + table.entries * ENTRY_BYTES, ENTRY_BYTES):
        entry = table.octets[at : at + ENTRY_BYTES]
        keys[int.from_bytes(entry[KEY_BYTES:], "big")].add(entry[:KEY_BYTES])
    return tuple((document, frozenset(own)) for document, own in zip(table.documents, keys, strict=True))


def write_register(folder: Path, maker: KeyMaker, contents: Sequence[tuple[Document, Collection[bytes]]]) -> None:
    """Put a file of these in place of the one that is there. Raises ConfigError where this user may not."""
    with _locked(folder), IndexWriter(folder / REGISTER, maker) as writer:
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
