"""libarchive, from memory and with chosen formats only: the one door to the library.

It could do more than is wanted here: open files that a manifest names (mtree), and start other programs for
compressions that it was not built with. So exactly one format and one filter are enabled, from lists of those that
do neither, and a filter that would need a program counts as absent. Its own messages may name files of the
archive: none leaves this module, and its log is silenced.
"""

from __future__ import annotations

import ctypes
import locale
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import libarchive
from libarchive import ffi
from libarchive.read import new_archive_read

from ...model import GapReason
from .members import ENCRYPTED

_FORMATS = ("7zip", "rar", "rar5", "cab", "ar", "cpio", "iso9660", "lha", "zip", "raw")
_FILTERS = ("none", "compress", "lzip", "zstd", "lz4", "rpm")
_END, _OK, _WARNING, _FATAL = 1, 0, -20, -30  # archive.h
_OUT_OF_MEMORY = 12  # ENOMEM
_BLOCK_BYTES = 1 << 16
_MAX_FAULTS = 100
_TYPE, _FILE, _FOLDER, _LINK = 0o170000, 0o100000, 0o040000, 0o120000  # stat(2)

ffi.logger.disabled = True  # its warnings quote the archive
# Names in UTF-16 (7z, RAR, cabinets, ISO) are converted to the process's own charset, which loses letters where
# that is not UTF-8. The locale counts for the C library only.
if locale.nl_langinfo(locale.CODESET) != "UTF-8":
    locale.setlocale(locale.LC_CTYPE, "C.UTF-8")

# From the library itself, since the bindings turn warnings into numbers of octets.
_read_data = ffi.libarchive["archive_read_data"]
_read_data.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
_read_data.restype = ctypes.c_ssize_t
_next_header = ffi.libarchive["archive_read_next_header2"]
_next_header.argtypes = (ctypes.c_void_p, ctypes.c_void_p)
_next_header.restype = ctypes.c_int
_is_encrypted = ffi.libarchive["archive_entry_is_encrypted"]
_is_encrypted.argtypes = (ctypes.c_void_p,)
_is_encrypted.restype = ctypes.c_int
_has_encrypted = ffi.libarchive["archive_read_has_encrypted_entries"]
_has_encrypted.argtypes = (ctypes.c_void_p,)
_has_encrypted.restype = ctypes.c_int
_set_options = ffi.libarchive["archive_read_set_options"]
_set_options.argtypes = (ctypes.c_void_p, ctypes.c_char_p)
_set_options.restype = ctypes.c_int


def _enable(kind: str, name: str) -> bool:
    """Whether the library has that format or filter itself. Also looks its function up, as later uses need it."""
    find = ffi.get_read_format_function if kind == "format" else ffi.get_read_filter_function
    pointer = ffi.read_new()
    try:
        return bool(find(name)(pointer) == _OK)
    except (ValueError, libarchive.ArchiveError):
        return False
    finally:
        ffi.read_free(pointer)


FORMATS = frozenset(name for name in _FORMATS if _enable("format", name))
FILTERS = frozenset(name for name in _FILTERS if _enable("filter", name))


class ArchiveFaultError(Exception):
    """The archive, or one file of it, can't be read (further): `reason` and `detail` are those of the gap."""

    def __init__(self, reason: GapReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One file, folder or link. Its content is to be read before the next member is asked for."""

    name: str | bytes  # octets where their charset isn't known
    is_file: bool
    is_folder: bool
    link: str | bytes  # where a link leads to, "" where it is none
    encrypted: bool
    archive: int

    def blocks(self) -> Iterator[bytes]:
        """The content as it comes. Raises ArchiveFaultError; what came before stays good."""
        buffer = ctypes.create_string_buffer(_BLOCK_BYTES)
        while (count := _read_data(self.archive, buffer, _BLOCK_BYTES)) > 0:
            yield buffer.raw[:count]
        if count < 0:
            raise _fault(self.archive)


def members(octets: bytes, reader: str, stream: str = "none", options: bytes = b"") -> Iterator[Member]:
    """The members in order, with libarchive's format `reader`, filter `stream` and its own `options` for the format.
    Raises ArchiveFaultError where reading ends before the archive does."""
    if reader not in FORMATS or stream not in FILTERS:
        raise ArchiveFaultError(GapReason.UNSUPPORTED, "an archive of a kind that can't be read here")
    with new_archive_read(reader, stream) as archive:
        if reader == "raw":
            ffi.get_read_format_function("empty")(archive)  # a stream of nothing is no file to it otherwise
        if options:
            _set_options(archive, options)
        try:
            ffi.read_open_memory(archive, octets, len(octets))
        except libarchive.ArchiveError:
            raise _fault(archive, opened=False) from None
        yield from _members(archive)


def _members(archive: int) -> Iterator[Member]:
    entry = ffi.entry_new()
    faults = 0
    try:
        while (code := _next_header(archive, entry)) != _END:
            if code < _WARNING:  # one member's header can't be read; a lasting fault would come for ever
                faults += 1
                if code == _FATAL or faults > _MAX_FAULTS:
                    raise _fault(archive)
                continue
            kind = ffi.entry_filetype(entry) & _TYPE
            link = _text(ffi.entry_symlink_w, ffi.entry_symlink, entry) if kind == _LINK else ""
            link = link or _text(ffi.entry_hardlink_w, ffi.entry_hardlink, entry)
            yield Member(
                name=_text(ffi.entry_pathname_w, ffi.entry_pathname, entry),
                is_file=kind in (_FILE, 0) and not link,
                is_folder=kind == _FOLDER,
                link=link,
                encrypted=_is_encrypted(entry) > 0,
                archive=archive,
            )
        if faults:
            raise ArchiveFaultError(GapReason.CORRUPT, "an archive with files that can't be read")
    finally:
        ffi.entry_free(entry)


def _text(wide: Callable[[int], str | None], narrow: Callable[[int], bytes | None], entry: int) -> str | bytes:
    """A name as text where its charset is known, else its octets."""
    try:
        return wide(entry) or narrow(entry) or ""
    except ValueError:  # beyond what a character may be
        return narrow(entry) or ""


# Words of libarchive's messages, in the order in which they count.
_WORDS: tuple[tuple[tuple[bytes, ...], GapReason, str], ...] = (
    ((b"ncrypt", b"assphrase"), GapReason.ENCRYPTED, ENCRYPTED),
    (
        (b"nsupported", b"not supported", b"unavailable", b"Unknown codec", b"Unexpected codec", b"not implemented"),
        GapReason.UNSUPPORTED,
        "an archive compressed by a method that can't be read",
    ),
    ((b"allocate", b"memory"), GapReason.TOO_LARGE, "an archive that takes too much memory to unpack"),
)


def _fault(archive: int, *, opened: bool = True) -> ArchiveFaultError:
    """Why libarchive went no further. Before an archive is `opened` it must not be asked for passwords: it crashes."""
    message = ffi.error_string(archive) or b""
    if ffi.errno(archive) == _OUT_OF_MEMORY:
        message = b"memory"
    elif opened and _has_encrypted(archive) > 0 and b"CRC" not in message:
        message = b"encrypted"
    for words, reason, detail in _WORDS:
        if any(word in message for word in words):
            return ArchiveFaultError(reason, detail)
    return ArchiveFaultError(GapReason.CORRUPT, "an archive that is broken")
