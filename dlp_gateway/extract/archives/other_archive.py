"""Archives that are neither ZIP nor tar: by libarchive, and where it refuses by the program unar."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from ...model import Gap, GapReason
from .. import mail
from ..budget import Expansion, FileTooLargeError
from ..source import Inner, Item, ProgramError, Source, Tools
from .archive_format import NOTHING, RAW, UNAR, ArchiveFormat, archive_format, has_udf, is_one_of_several
from .archive_library import ArchiveFaultError, Member, members
from .compressed import unpacked_name
from .members import AFTER_END, CUT_OFF, ENCRYPTED, SEVERAL_VOLUMES, folders_of, member_part, once
from .rar_file import read_rar_headers
from .tar_file import read_tar
from .zip_file import ZipAmbiguousError, ZipEntry, checked_content

UNREAD_FILES = "an archive with files that can't be read"
UNREAD_METHOD = "an archive compressed by a method that can't be read"
_NO_NAME = "(no name)"
# Beside the files that unar wrote, which all begin with "./", its exit code: no archive can hold a file of this name.
_RESULT, _SUCCESS = "result", b"0\n"
_LARGEST_EMPTY = 128  # octets of an archive without files, padding apart
_SEVEN_ZIP_START = struct.Struct("<6s2sIQQI")  # 7zFormat.txt, "SignatureHeader"
# A disc has up to three lists of its files; which one counts depends on who looks.
_DISC_LISTS = (b"", b"!joliet", b"!rockridge", b"!joliet,!rockridge")


def read_other_archive(source: Source, tools: Tools) -> Iterator[Item]:
    """The files inside, all names, comments, and what stands after the end."""
    found = archive_format(source.octets)
    if found is None or found.reader == NOTHING:
        yield source.gap(GapReason.UNSUPPORTED, "an archive or disc image of a kind that can't be read")
        return
    yield from once(_Unpacking(source, tools, found).items())


@dataclass(slots=True)
class _Unpacking:
    source: Source
    tools: Tools
    format: ArchiveFormat
    seen: set[bytes] = field(default_factory=set)  # digests of the files that were given already
    names: set[str] = field(default_factory=set)
    folders: set[str] = field(default_factory=set)
    files: int = 0

    def items(self) -> Iterator[Item]:
        if self.format.reader == UNAR:
            yield from self._by_program(None)
        elif self.format.reader == RAW:
            yield from self._stream()
        elif self.format.name in ("rar4", "rar5"):
            yield from self._rar()
        elif self.format.name == "7z":
            yield from self._seven_zip()
        elif self.format.name == "iso":
            yield from self._disc()
        else:
            if self.format.name == "cab" and is_one_of_several(self.source.octets):
                yield self.source.gap(GapReason.UNSUPPORTED, SEVERAL_VOLUMES)
            yield from self._or_by_program(self._by_library())

    def _or_by_program(self, items: Iterator[Item], files: int | None = None) -> Iterator[Item]:
        """The items; where libarchive refused something, unar has a try at the whole. `files` is how many there must
        be."""
        refused: Gap | None = None
        encrypted = False
        for item in items:
            if isinstance(item, Gap) and item.reason in (GapReason.UNSUPPORTED, GapReason.CORRUPT):
                refused = refused or item  # said below, if the program knows no better
                continue
            encrypted = encrypted or (isinstance(item, Gap) and item.reason is GapReason.ENCRYPTED)
            yield item
        if refused is None and files is not None and self.files < files:
            refused = self.source.gap(GapReason.CORRUPT, UNREAD_FILES)
        if refused is not None and encrypted:
            yield refused  # unar knows no password either
        elif refused is not None:
            yield from self._by_program(refused, files)

    def _by_library(self, encrypted: frozenset[str] = frozenset(), options: bytes = b"") -> Iterator[Item]:
        try:
            for member in members(self.source.octets, self.format.reader, self.format.stream, options):
                yield from self._member(member, encrypted)
        except ArchiveFaultError as fault:
            yield self.source.gap(fault.reason, fault.detail)
        else:
            if not self.names and len(self.source.octets.rstrip(b"\0")) > _LARGEST_EMPTY:
                yield self.source.gap(GapReason.CORRUPT, "an archive in which no file can be found")

    def _member(self, member: Member, encrypted: frozenset[str]) -> Iterator[Item]:
        name = self._text(member.name) or _NO_NAME
        if member.link:
            yield self.source.passage(self._text(member.link), "target of a link")
        self.names.add(name)
        if not member.is_file:
            self.tools.meter.file()
            if not (member.is_folder and name.strip("/") in self.folders):
                yield from self._name(name)
            return
        self.folders.update(folders_of(name))
        if member.encrypted or name in encrypted:
            self.tools.meter.file()
            if name not in encrypted:  # said already
                yield from self._name(name)
                yield self.source.gap(GapReason.ENCRYPTED, ENCRYPTED)
            return
        self.files += 1
        content = bytearray()
        try:
            self._fill(content, member)
        except FileTooLargeError as error:
            yield from self._name(name)
            yield self.source.gap(error.reason, error.detail)
            return
        except ArchiveFaultError as fault:
            yield self.source.gap(fault.reason, fault.detail)
            if not content:
                yield from self._name(name)
                return
        if self._is_new(content):
            yield Inner(name=name, octets=bytes(content))
        else:
            yield from self._name(name)

    def _fill(self, content: bytearray, member: Member) -> None:
        expansion = Expansion(self.tools.meter, len(self.source.octets))
        for block in member.blocks():
            expansion.add(len(block))
            content += block

    def _is_new(self, content: bytes | bytearray) -> bool:
        """Whether no list of the archive has shown this content before."""
        digest = hashlib.blake2b(content, digest_size=16).digest()
        new = digest not in self.seen
        self.seen.add(digest)
        return new

    def _name(self, name: str) -> Iterator[Item]:
        return iter(mail.name_passages(member_part(self.source, name), (name,)))

    def _text(self, name: str | bytes) -> str:
        return name if isinstance(name, str) else self.tools.readings(name, None)[0]

    def _seven_zip(self) -> Iterator[Item]:
        octets = self.source.octets
        if len(octets) < _SEVEN_ZIP_START.size:
            yield self.source.gap(GapReason.CORRUPT, CUT_OFF)
            return
        _, _, _, offset, size, _ = _SEVEN_ZIP_START.unpack_from(octets)
        end = _SEVEN_ZIP_START.size + offset + size
        if end > len(octets):
            yield self.source.gap(GapReason.CORRUPT, "an archive that is cut off, or the first of several volumes")
        if size:
            yield from self._or_by_program(self._by_library())
        yield from self._after(end)

    def _rar(self) -> Iterator[Item]:
        contents = read_rar_headers(self.source.octets)
        for comment in contents.comments:
            yield self.source.passage(self.tools.readings(comment, None)[0], "archive comment", hidden=True)
        for number, stream in enumerate(contents.streams, 1):
            yield Inner(name=f"(hidden stream {number})", octets=stream, hidden=True)
        if contents.unread:
            yield self.source.gap(
                GapReason.UNSUPPORTED, "an archive with a comment or hidden stream that can't be read"
            )
        if contents.masked:
            yield self.source.gap(GapReason.ENCRYPTED, ENCRYPTED)
            return
        if contents.volume:
            yield self.source.gap(GapReason.UNSUPPORTED, SEVERAL_VOLUMES)
        for name in sorted(contents.encrypted):
            yield from self._name(self._text(name))
        encrypted = frozenset(self._text(name) for name in contents.encrypted)
        if encrypted:
            yield self.source.gap(GapReason.ENCRYPTED, ENCRYPTED)
        items = self._by_library(encrypted)
        if contents.volume or encrypted:
            yield from items
        else:
            yield from self._or_by_program(items, contents.files if contents.whole else None)
        if not contents.whole:
            yield self.source.gap(GapReason.CORRUPT, CUT_OFF)
        yield from self._after(contents.end if contents.whole else len(self.source.octets))

    def _by_program(self, fault: Gap | None, files: int | None = None) -> Iterator[Item]:
        """By unar, which writes what it unpacked as a tar archive. `fault` is said where that is no better."""
        try:
            unpacked = self.tools.run("unar", self.source.octets)
        except ProgramError as error:
            yield fault or self.source.gap(error.reason, error.detail)
            return
        count, whole = 0, False
        tar = Source(part=self.source.part, octets=unpacked, scope=self.source.scope, hidden=self.source.hidden)
        for item in read_tar(tar, self.tools):
            if not isinstance(item, Inner):
                yield item
                continue
            if item.name == _RESULT:
                whole = item.octets == _SUCCESS
                continue
            count += 1
            name = item.name.removeprefix("./")
            if self._is_new(item.octets):
                yield Inner(name=name, octets=item.octets)
            elif name not in self.names:
                yield from self._name(name)
        if count == 0 or not whole or (files is not None and count < files):
            yield fault or self.source.gap(GapReason.CORRUPT, UNREAD_FILES)

    def _stream(self) -> Iterator[Item]:
        """A compressed stream holds one file without a name."""
        content = bytearray()
        try:
            for member in members(self.source.octets, RAW, self.format.stream):
                self._fill(content, member)
        except ArchiveFaultError as fault:
            yield self.source.gap(fault.reason, fault.detail)
        yield Inner(name=unpacked_name(self.source, self.format.name.lower()), octets=bytes(content))

    def _disc(self) -> Iterator[Item]:
        if has_udf(self.source.octets):
            yield self.source.gap(GapReason.UNSUPPORTED, "a disc image with a second list of files that can't be read")
        for options in _DISC_LISTS:
            yield from self._by_library(options=options)

    def _after(self, end: int) -> Iterator[Item]:
        trailing = self.source.octets[end:]
        if trailing.strip(b"\0\r\n "):
            yield Inner(name=AFTER_END, octets=trailing, hidden=True)


def unpack_zip_entry(octets: bytes, entry: ZipEntry, tools: Tools) -> bytes:
    """The content of an entry of a ZIP archive that is compressed by a rare method: libarchive is given the entry as an
    archive of its own. Raises ZipAmbiguousError, BudgetSpentError."""
    expansion = Expansion(tools.meter, entry.stored_size)
    expansion.expect(entry.size)
    content = bytearray()
    try:
        for member in members(_alone(octets, entry), "zip"):
            for block in member.blocks():
                expansion.add(len(block))
                content += block
    except ArchiveFaultError as fault:
        if fault.reason is GapReason.TOO_LARGE:
            raise ZipAmbiguousError(fault.detail, fault.reason) from None
        raise ZipAmbiguousError(UNREAD_METHOD, GapReason.UNSUPPORTED) from None
    return checked_content(entry, bytes(content))


def unpack_zip_by_program(octets: bytes, tools: Tools) -> dict[str, bytes]:
    """All files of a ZIP archive by name, by unar: for methods that libarchive does not know either. {} where it can't
    be run. Raises BudgetSpentError."""
    try:
        tar = Source(part="", octets=tools.run("unar", octets))
    except ProgramError:
        return {}
    return {item.name.removeprefix("./"): item.octets for item in read_tar(tar, tools) if isinstance(item, Inner)}


def _alone(octets: bytes, entry: ZipEntry) -> bytes:
    """A ZIP archive of this entry only (APPNOTE.TXT 6.3.10, 4.3.6)."""
    name = b"content"
    sizes = struct.pack("<IIIHH", entry.crc, entry.stored_size, entry.size, len(name), 0)
    common = struct.pack("<HHHHH", 63, entry.flags & 0x0006, entry.method, 0, 0x21) + sizes
    stored = octets[entry.start : entry.start + entry.stored_size]
    local = b"PK\x03\x04" + common + name + stored
    central = b"PK\x01\x02\x3f\x00" + common + bytes(14) + name
    end = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 1, 1, len(central), len(local), 0)
    return local + central + end
