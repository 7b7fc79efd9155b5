"""ZIP archives: each file in them is read as one of its own; what can't be opened is a gap."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from ...model import GapReason
from .. import mail
from ..budget import FileTooLargeError
from ..source import Inner, Item, Source, Tools
from .members import AFTER_END, ENCRYPTED, folders_of, member_part, once
from .other_archive import UNREAD_METHOD, unpack_zip_by_program, unpack_zip_entry
from .zip_file import READABLE_METHODS, ZipAmbiguousError, ZipContentError, ZipEntry, ZipFile, read_zip, unpack
from .zip_salvage import directory_texts, salvage


def read_zip_archive(source: Source, tools: Tools) -> Iterator[Item]:
    """The files of a ZIP archive, all names, comments, and what stands after its end."""
    return once(_read(source, tools, prefixed=False))


def read_zip_within(source: Source, tools: Tools) -> Iterator[Item]:
    """The files of a ZIP archive that stands at the end of a file of another kind."""
    return once(_read(source, tools, prefixed=True))


def _read(source: Source, tools: Tools, *, prefixed: bool) -> Iterator[Item]:
    try:
        zipped = read_zip(source.octets, prefixed=prefixed)
    except ZipAmbiguousError as error:
        yield source.gap(error.reason, str(error))
        yield from _salvaged(source, tools)
        return
    unread: list[ZipEntry] = []
    for entry in zipped.entries:
        yield from _member(source, entry, tools, unread)
    yield from _unread(source, unread, tools)
    yield from _folder_names(source, zipped, tools)
    yield from zip_margins(source, zipped, tools)


def _member(source: Source, entry: ZipEntry, tools: Tools, unread: list[ZipEntry]) -> Iterator[Item]:
    """The entry unpacked, as far as it can be, and the gap that stands in its way; added to `unread` where its method
    is not known."""
    part = member_part(source, entry.name)
    yield from mail.name_passages(part, entry.other_names)
    if entry.is_folder:
        yield source.gap(GapReason.AMBIGUOUS, "an archive with a folder that has content")
    if not entry.encrypted:
        try:
            yield Inner(name=entry.name, octets=_content(source, entry, tools))
            return
        except ZipContentError as error:
            yield source.gap(error.reason, str(error))
            yield Inner(name=entry.name, octets=error.content)
            return
        except ZipAmbiguousError as error:
            if error.reason is GapReason.UNSUPPORTED:
                unread.append(entry)
                return
            yield source.gap(error.reason, str(error))
        except FileTooLargeError as error:
            yield source.gap(error.reason, error.detail)
    else:
        yield source.gap(GapReason.ENCRYPTED, ENCRYPTED)
    yield from mail.name_passages(part, (entry.name,))
    tools.meter.file()


def _unread(source: Source, entries: list[ZipEntry], tools: Tools) -> Iterator[Item]:
    """Entries of methods that only a program knows, which is run once for all of them."""
    contents = unpack_zip_by_program(source.octets, tools) if entries else {}
    for entry in entries:
        content = contents.get(entry.name)
        if content is not None and zlib.crc32(content) == entry.crc:
            yield Inner(name=entry.name, octets=content)
            continue
        tools.meter.file()
        yield source.gap(GapReason.UNSUPPORTED, UNREAD_METHOD)
        yield from mail.name_passages(member_part(source, entry.name), (entry.name,))


def _folder_names(source: Source, zipped: ZipFile, tools: Tools) -> Iterator[Item]:
    """Names of folders that no file's name has shown."""
    shown = {folder for entry in zipped.entries for folder in folders_of(entry.name)}
    for name in zipped.folders:
        tools.meter.file()
        if name.strip("/") not in shown:
            yield from mail.name_passages(member_part(source, name), (name,))


def _salvaged(source: Source, tools: Tools) -> Iterator[Item]:
    """What can be read of an archive that unpackers see differently."""
    names: set[str] = set()
    for found in salvage(source.octets, tools.meter):
        names.add(found.name)
        if found.encrypted:
            yield source.gap(GapReason.ENCRYPTED, ENCRYPTED)
        if found.content is not None:
            yield Inner(name=found.name, octets=found.content)
        else:
            yield from mail.name_passages(member_part(source, found.name), (found.name,))
    texts = (tools.readings(text, None)[0] for text in directory_texts(source.octets))
    others = [text for text in texts if text not in names]
    if others:
        yield source.passage("\n".join(others), "archive directory", hidden=True)


def zip_margins(source: Source, zipped: ZipFile, tools: Tools) -> Iterator[Item]:
    """What an archive holds beside its files: comments, notes in its structure, and octets after its end."""
    for comment in zipped.comments:
        yield source.passage(tools.readings(comment, None)[0], "archive comment", hidden=True)
    if zipped.extras:
        yield source.passage(zipped.extras, "archive extra fields", hidden=True)
    if zipped.trailing:
        yield Inner(name=AFTER_END, octets=zipped.trailing, hidden=True)


def zip_member(source: Source, entry: ZipEntry, tools: Tools) -> Item:
    """The entry unpacked, or the gap that stands in its way. Raises BudgetSpentError."""
    if entry.encrypted:
        return source.gap(GapReason.ENCRYPTED, ENCRYPTED)
    try:
        return Inner(name=entry.name, octets=_content(source, entry, tools))
    except ZipAmbiguousError as error:
        return source.gap(error.reason, str(error))


def _content(source: Source, entry: ZipEntry, tools: Tools) -> bytes:
    """Raises ZipAmbiguousError, BudgetSpentError."""
    if entry.method in READABLE_METHODS:
        return unpack(source.octets, entry, tools.meter)
    return unpack_zip_entry(source.octets, entry, tools)
