"""What readers of all kinds of archives share: names of members and folders, and gaps said once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ...model import Gap
from ..source import Item, Source, shown_name

ENCRYPTED = "an archive with a password"
SEVERAL_VOLUMES = "an archive in several volumes"
CUT_OFF = "an archive that is cut off"
AFTER_END = "(after its end)"
_DEEPEST_FOLDERS = 32  # names of thousands of folders within one another are no names
# At least eight printable characters of UTF-8 in a row.
_RUN = re.compile(rb"(?:[\x20-\x7e]|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}){8,}")


def member_part(source: Source, name: str) -> str:
    """The part of a file in an archive, as the walk names it."""
    return f"{source.part}/{shown_name(name)}"


def folders_of(name: str) -> Iterator[str]:
    """The folders that a file's name shows: "a/b/c.txt" lies in "a/b" and in "a"."""
    for _ in range(_DEEPEST_FOLDERS):
        name = name.rpartition("/")[0]
        if not name:
            return
        yield name.strip("/")


def once(items: Iterator[Item]) -> Iterator[Item]:
    """The items, each gap only the first time: a thousand files with a password are one gap of their archive."""
    seen: set[Gap] = set()
    for item in items:
        if isinstance(item, Gap):
            if item in seen:
                continue
            seen.add(item)
        yield item


def printable_runs(pieces: Iterable[bytes]) -> str:
    """What reads like text in octets that unpackers pass over, each run once, as lines."""
    return "\n".join(dict.fromkeys(run.decode("utf-8") for octets in pieces for run in _RUN.findall(octets)))
