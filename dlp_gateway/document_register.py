"""Registered documents between people, the store and the file that workers look into: read, registered, brought up to
date. The same for the command and for what is asked for in the console.

The store says what is registered. The file of each gateway is made of it, and what a file alone knows (one of before
the store kept them, or copied from elsewhere) is taken into the store first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from mimetypes import guess_type
from pathlib import Path

from .detect.normalise import canonical
from .detect.records.documents import words_of
from .detect.records.index_table import KEY_BYTES, Document, KeyMaker
from .exact_index import Registration, fingerprinted, made_with, registered_documents, write_register
from .model import Area, Extraction, Gap
from .pool import Pool
from .store import BY_FILE, RegisteredDocument, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadDocument:
    """The words of a document, folded, in order; `gap`: the first thing in it that could not be read."""

    words: Sequence[str] = field(repr=False)
    gap: Gap | None = None


def as_mail(file_name: str, octets: bytes, text: str = "") -> bytes:
    """A mail with the document attached: documents are read as what is attached to mail, and in no other way."""
    message = EmailMessage(policy=SMTP)
    message.set_content(text)
    if file_name:
        main, _, sub = (guess_type(file_name)[0] or "application/octet-stream").partition("/")
        if main in ("message", "multipart"):
            main, sub = "application", "octet-stream"
        message.add_attachment(octets, maintype=main, subtype=sub, filename=file_name)
    return message.as_bytes()


async def read_document(pool: Pool, file_name: str, octets: bytes) -> ReadDocument:
    """Have it read by the processes that read mail: a document may be hostile. Raises TemporaryError when they fail."""
    extraction = await pool.passages(as_mail(file_name, octets))
    words = await asyncio.to_thread(_words, extraction)
    return ReadDocument(words=words, gap=extraction.gaps[0] if extraction.gaps else None)


def _words(extraction: Extraction) -> list[str]:
    shown = [p for p in extraction.passages if p.area is Area.ATTACHMENT and "properties" not in p.place]
    return [word for passage in shown for word in words_of(canonical(passage.text).text)]


def new_document(
    maker: KeyMaker, words: Sequence[str], *, name: str, kind: str, partner: str | None, by: str, reason: str = ""
) -> RegisteredDocument:
    """A document to be registered. Raises ConfigError for one that is too short to be told from others."""
    document, keys = fingerprinted(maker, Registration(name=name, kind=kind, partner=partner, words=words))
    return _kept(maker, document, keys, by=by, reason=reason)


async def bring_up(store: Store, folder: Path, maker: KeyMaker) -> bool:
    """Make the file what the store says; answers whether it was another. Raises ConfigError where the file can't be
    read or written. Fingerprints under another key are left out: `is_usable` tells which."""
    here = await asyncio.to_thread(registered_documents, folder, maker)
    kept = await store.documents.all()
    known = {one.id for one in kept}
    unknown = [_kept(maker, document, keys, by=BY_FILE) for document, keys in here if document.id not in known]
    if unknown:
        await store.documents.take_in(unknown)
        kept = await store.documents.all()
    if {document.id for document, _ in here} == {one.id for one in kept if _is_filed(maker, one)}:
        return False
    wanted = [one for one in await store.documents.all(with_keys=True) if _is_filed(maker, one)]
    await asyncio.to_thread(write_register, folder, maker, [(_filed(one), _apart(one.keys)) for one in wanted])
    return True


def _is_filed(maker: KeyMaker, document: RegisteredDocument) -> bool:
    return not document.is_removed and is_usable(maker, document)


def is_usable(maker: KeyMaker, document: RegisteredDocument) -> bool:
    """Whether its fingerprints are of this key and of the words as this version writes them."""
    return document.made_with == made_with(maker)


def _kept(
    maker: KeyMaker, document: Document, keys: Collection[bytes], *, by: str, reason: str = ""
) -> RegisteredDocument:
    return RegisteredDocument(
        id=document.id,
        kind=document.kind,
        name=document.name,
        partner=document.partner,
        words=document.words,
        fingerprints=document.fingerprints,
        added_at=datetime.fromisoformat(document.added_at).astimezone(UTC),
        added_by=by,
        reason=reason,
        made_with=made_with(maker),
        keys=b"".join(sorted(keys)),
    )


def _filed(one: RegisteredDocument) -> Document:
    return Document(
        id=one.id,
        kind=one.kind,
        name=one.name,
        partner=one.partner,
        words=one.words,
        fingerprints=one.fingerprints,
        added_at=one.added_at.isoformat(timespec="seconds"),
    )


def _apart(keys: bytes) -> list[bytes]:
    return [keys[at : at + KEY_BYTES] for at in range(0, len(keys), KEY_BYTES)]
