"""The octets of a message: `bytes` where they are few, `Spooled` where they would fill the memory.

Whoever looks at a header takes `header_part`, whoever passes octets on takes `blocks` or `pieces`; `whole` is for
those who can't do without, few at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias


class Rest(Protocol):
    """Octets that lie on the disk, sealed; they never change."""

    @property
    def digest(self) -> bytes:
        """BLAKE2b of them, 32 octets."""

    @property
    def is_ascii(self) -> bool: ...

    def __len__(self) -> int: ...

    def blocks(self) -> Iterator[bytes]:
        """All of them, in order, in blocks of at most 512 KiB or as they were written. Blocks on the disk. Raises
        StoreUnavailableError where they can't be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spooled:
    """A large message: in memory only its header with the empty line after it."""

    header: bytes = field(repr=False)
    body: Rest = field(repr=False)

    def __len__(self) -> int:
        return len(self.header) + len(self.body)


Octets: TypeAlias = bytes | Spooled
Piece: TypeAlias = bytes | Rest


def header_part(octets: Octets) -> bytes:
    """Octets that begin with the whole header: all of a small message, nothing of a large one's body."""
    return octets if isinstance(octets, bytes) else octets.header


def edited(octets: Octets, edit: Callable[[bytes], bytes]) -> Octets:
    """The message after an edit of its header; the very same value where that changed nothing."""
    if isinstance(octets, bytes):
        return edit(octets)
    header = edit(octets.header)
    return octets if header == octets.header else Spooled(header=header, body=octets.body)


def pieces(octets: Octets) -> tuple[Piece, ...]:
    """The message in pieces that follow one another."""
    return (octets,) if isinstance(octets, bytes) else (octets.header, octets.body)


def of_pieces(several: Iterable[Piece]) -> Octets:
    """The message of such pieces, of which only the last may lie on the disk."""
    *before, last = several
    first = b"".join(piece for piece in before if isinstance(piece, bytes))
    return first + last if isinstance(last, bytes) else Spooled(header=first, body=last)


def blocks(octets: Octets) -> Iterator[bytes]:
    """The message in blocks; those of a large one block on the disk."""
    if isinstance(octets, bytes):
        yield octets
        return
    yield octets.header
    yield from octets.body.blocks()


def whole(octets: Octets) -> bytes:
    """The message in one piece."""
    return octets if isinstance(octets, bytes) else b"".join(blocks(octets))
