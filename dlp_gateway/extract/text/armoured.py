"""Text with files in it, written between BEGIN and END lines."""

from __future__ import annotations

from collections.abc import Iterator

from ...model import GapReason
from ..sealed.pgp import is_pgp
from ..source import Inner, Item, Source, Tools
from .armour import OPENPGP, files_in_armour
from .csv import read_text_or_table


def read_armoured(source: Source, tools: Tools) -> Iterator[Item]:
    """The text itself, then the file in each block, which is read by content."""
    yield from read_text_or_table(source, tools)
    for name, octets in files_in_armour(source.octets):
        if name == OPENPGP and not is_pgp(octets):
            yield source.gap(GapReason.ENCRYPTED, "an OpenPGP message that is broken")
        elif not octets:
            yield source.gap(GapReason.CORRUPT, "a signed file that is broken")
        else:
            yield Inner(name=name, octets=octets, listed=False)
