"""Reads from disk whom we trust to vouch for recipients' certificates."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from .config import RecipientKeys
from .errors import ConfigError, Fault
from .file_watch import Stamps
from .file_watch import stamps as file_stamps
from .recipient_keys import Trust
from .recipient_keys.trust import RevocationList, read_lists, read_roots

T = TypeVar("T")

MAX_LIST_BYTES = 256 * 2**20


def load_trust(settings: RecipientKeys) -> Trust:
    """Raises ConfigError with every file that can't be read, or is not what it should be."""
    faults: list[Fault] = []
    roots = _read(settings.authorities, read_roots, faults) if settings.authorities is not None else ()
    lists: list[RevocationList] = []
    for path in settings.revocation_lists:
        lists += _read(path, partial(read_lists, name=str(path)), faults)
    if faults:
        raise ConfigError(faults)
    return Trust(roots=roots, lists=tuple(lists), lists_required=settings.lists_required)


def _read(path: Path, read: Callable[[bytes], tuple[T, ...]], faults: list[Fault]) -> tuple[T, ...]:
    try:
        return read(_octets(path))
    except ValueError as error:
        faults.append(Fault(file=str(path), text=str(error)))
        return ()


def stamps(settings: RecipientKeys) -> Stamps:
    """Changes when a file is written anew."""
    return file_stamps(path for path in (settings.authorities, *settings.revocation_lists) if path is not None)


def _octets(path: Path) -> bytes:
    """Raises ValueError in words."""
    try:
        with path.open("rb") as file:
            octets = file.read(MAX_LIST_BYTES + 1)
    except OSError as error:
        raise ValueError(f"can't be read ({error.strerror})") from None
    if len(octets) > MAX_LIST_BYTES:
        raise ValueError(f"is larger than {MAX_LIST_BYTES // 2**20} MiB")
    return octets
