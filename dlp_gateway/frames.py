"""Frames over a descriptor: a length (4 octets, big-endian) and that many octets, or a kind (1 octet) before both.

`read` and `write` only: processes that speak so may not use the calls of sockets.
"""

from __future__ import annotations

import os
import struct

LENGTH = struct.Struct(">I")
KIND_AND_LENGTH = struct.Struct(">cI")
_BLOCK_BYTES = 1 << 20


def read_frame(descriptor: int) -> bytes:
    """The next frame. Raises EOFError where the other end has closed."""
    return _read_exactly(descriptor, LENGTH.unpack(_read_exactly(descriptor, LENGTH.size))[0])


def read_kind(descriptor: int) -> tuple[bytes, bytes]:
    """Kind and octets of the next frame. Raises EOFError where the other end has closed."""
    kind, length = KIND_AND_LENGTH.unpack(_read_exactly(descriptor, KIND_AND_LENGTH.size))
    return kind, _read_exactly(descriptor, length)


def write_frame(descriptor: int, octets: bytes) -> None:
    """Send one frame. Raises EOFError where the other end has closed."""
    _write_all(descriptor, LENGTH.pack(len(octets)), octets)


def write_kind(descriptor: int, kind: bytes, octets: bytes = b"") -> None:
    """Send one frame of a kind. Raises EOFError where the other end has closed."""
    _write_all(descriptor, KIND_AND_LENGTH.pack(kind, len(octets)), octets)


def _write_all(descriptor: int, head: bytes, octets: bytes) -> None:
    # Small frames in one call; large ones are not copied for the sake of it.
    pieces = (head + octets,) if len(octets) < _BLOCK_BYTES else (head, octets)
    try:
        for piece in pieces:
            left = memoryview(piece)
            while left:
                left = left[os.write(descriptor, left[:_BLOCK_BYTES]) :]
    except BrokenPipeError:
        raise EOFError from None


def _read_exactly(descriptor: int, count: int) -> bytes:
    octets = bytearray()
    while len(octets) < count:
        try:
            block = os.read(descriptor, min(_BLOCK_BYTES, count - len(octets)))
        except ConnectionResetError:
            raise EOFError from None
        if not block:
            raise EOFError
        octets += block
    return bytes(octets)
