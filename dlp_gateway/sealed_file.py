"""Octets on their way that are too many for memory: a sealed file without a name.

The file has no name in its folder, so that the system takes it back when nobody holds it open any more, also after a
crash. Its key is in memory only: whoever finds its blocks on the disk later finds noise.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import tempfile
import threading
import weakref
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from .errors import StoreUnavailableError
from .octets import Octets, Piece, Spooled, whole

T = TypeVar("T")

SPOOL_ABOVE_BYTES = 512 * 1024
"""Messages above this size lie on the disk."""

BLOCK_BYTES = 256 * 1024

_END_OF_HEADER = b"\r\n\r\n"
_TAG_BYTES = 16
_one_whole = threading.Lock()


class SealedFile:
    """Written once, in blocks, then read as often as wanted. Each block is sealed with AES-256-GCM under the file's
    own key; its nonce is its number. The methods block on the disk and raise StoreUnavailableError where it refuses."""

    def __init__(self, folder: Path) -> None:
        try:
            with tempfile.TemporaryFile(dir=folder, buffering=0) as file:
                self._descriptor = os.dup(file.fileno())
        except OSError as error:
            raise _refused(error) from None
        self.close = weakref.finalize(self, os.close, self._descriptor)
        self._cipher = AESGCM(AESGCM.generate_key(256))
        self._sizes: list[int] = []
        self._hash = hashlib.blake2b(digest_size=32)
        self._length = 0
        self.is_ascii = True

    def __len__(self) -> int:
        return self._length

    @property
    def digest(self) -> bytes:
        return self._hash.digest()

    def write(self, block: bytes) -> None:
        """Add a block. It lies in memory as a whole when it is read."""
        if not block:
            return
        sealed = memoryview(self._cipher.encrypt(_nonce(len(self._sizes)), block, None))
        try:
            while sealed:
                sealed = sealed[os.write(self._descriptor, sealed) :]
        except OSError as error:
            raise _refused(error) from None
        self._sizes.append(len(block))
        self._hash.update(block)
        self._length += len(block)
        self.is_ascii = self.is_ascii and block.isascii()

    def blocks(self) -> Iterator[bytes]:
        place = 0
        for number, size in enumerate(self._sizes):
            try:
                sealed = os.pread(self._descriptor, size + _TAG_BYTES, place)
                yield self._cipher.decrypt(_nonce(number), sealed, None)
            except (OSError, InvalidTag, ValueError) as error:
                raise _refused(error) from None
            place += size + _TAG_BYTES


class Intake:
    """Takes a large message in blocks and keeps its body on the disk. Blocks on the disk, as `SealedFile`."""

    def __init__(self, folder: Path) -> None:
        self._file = SealedFile(folder)
        self._header = bytearray()
        self._in_body = False

    def write(self, block: bytes) -> None:
        """Add what follows. The header is kept in memory, so whoever calls sees to it that it is small."""
        if self._in_body:
            self._file.write(block)
            return
        start = max(len(self._header) - len(_END_OF_HEADER), 0)
        self._header += block
        end = 2 if self._header.startswith(b"\r\n") else self._header.find(_END_OF_HEADER, start) + 4
        if end == 2 or end >= len(_END_OF_HEADER):
            self._in_body = True
            body = bytes(self._header[end:])
            del self._header[end:]
            self._file.write(body)

    def octets(self) -> Octets:
        """The message, after its last block."""
        header = bytes(self._header)
        return Spooled(header=header, body=self._file) if self._in_body else header


def taken_in(several: Iterable[bytes], folder: Path) -> Octets:
    """The message of these blocks, on the disk as far as it is large. Blocks on the disk."""
    intake = Intake(folder)
    for block in several:
        intake.write(block)
    return intake.octets()


def kept(octets: bytes, folder: Path) -> Octets:
    """The same, on the disk where it is large. Blocks on the disk."""
    if len(octets) <= SPOOL_ABOVE_BYTES:
        return octets
    view = memoryview(octets)
    return taken_in((bytes(view[at : at + BLOCK_BYTES]) for at in range(0, len(view), BLOCK_BYTES)), folder)


def with_whole(octets: Octets, use: Callable[[bytes], T]) -> T:
    """What `use` makes of the whole message: of one large one at a time. Blocks; call it in a thread."""
    if isinstance(octets, bytes):
        return use(octets)
    with _one_whole:
        return use(whole(octets))


async def flowing(piece: Piece) -> AsyncIterator[bytes]:
    """A piece of a message in blocks; the disk is read in a thread."""
    if isinstance(piece, bytes):
        yield piece
        return
    reading = piece.blocks()
    while (block := await asyncio.to_thread(next, reading, None)) is not None:
        yield block


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _refused(error: Exception) -> StoreUnavailableError:
    number = getattr(error, "errno", None)
    return StoreUnavailableError(f"the spool refused a large message: {type(error).__name__} {number or ''}".rstrip())
