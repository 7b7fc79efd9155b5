"""Index files opened for looking up: mapped, never read into memory, so that all workers share their pages.

A file that is there and can't be used is a fault: mail must not be inspected as if nobody stood in it.
"""

from __future__ import annotations

import hmac
import json
import mmap
import re
from pathlib import Path
from typing import Any

from ..detect.records.index_table import ENTRY_BYTES, HEAD_AT, MAGIC, CouncilRecords, Document, IndexTable, KeyMaker
from ..detect.records.normal_forms import NORMAL_FORMS
from ..errors import ConfigError, Fault

INDEX_SUFFIX = ".index"
REGISTER = "documents.register"
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_BLOCK_BYTES = 1 << 20


def index_path(folder: Path, name: str) -> Path:
    """The file of an index. Raises ConfigError for a name that is none."""
    if not NAME.fullmatch(name):
        text = f"“{name}” is no name of an index; use small letters, digits and hyphens, 40 at the most"
        raise ConfigError([Fault(file="index", text=text)])
    return folder / f"{name}{INDEX_SUFFIX}"


def open_records(folder: Path, fingerprint_key: bytes, required: tuple[str, ...] = ()) -> CouncilRecords:
    """All indexes of a folder, and its registered documents; a folder that does not exist has none.

    Raises ConfigError with every file that is there and can't be used, and every required index that is not there.
    """
    maker = KeyMaker(fingerprint_key)
    faults: list[Fault] = []
    indexes: dict[str, IndexTable] = {}
    documents: IndexTable | None = None
    try:
        paths = sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        raise ConfigError([Fault(file=str(folder), text=f"can't be read ({error.strerror})")]) from None
    for path in paths:
        try:
            if path.name == REGISTER:
                documents = open_index(path, maker)
            elif path.suffix == INDEX_SUFFIX and NAME.fullmatch(path.stem):
                indexes[path.stem] = open_index(path, maker)
        except ConfigError as error:
            faults += error.faults
    broken = {fault.file for fault in faults}
    for name in required:
        path = index_path(folder, name)
        if name not in indexes and str(path) not in broken:
            text = f"the index “{name}” is required and is not there; make it with `dlp-gateway exact-match build`"
            faults.append(Fault(file=str(path), text=text))
    if faults:
        raise ConfigError(faults)
    return CouncilRecords(maker=maker, indexes=indexes, documents=documents)


def open_index(path: Path, maker: KeyMaker) -> IndexTable:
    """One file, mapped and checked whole. Raises ConfigError where it can't be used.

    The mapping outlives the descriptor, which a worker closes with all others when it locks itself down.
    """
    try:
        with path.open("rb") as file:
            octets = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is empty"
        raise _fault(path, f"can't be read ({reason})") from None
    head = _head(path, octets, maker)
    start, entries, fan_bits = int(head["start"]), int(head["entries"]), int(head["fan_bits"])
    if len(octets) != start + entries * ENTRY_BYTES + 4 * (2**fan_bits + 1):
        raise _fault(path, "is cut short, or longer than it was written; build it again")
    checksum = maker.checksum()
    for at in range(start, len(octets), _BLOCK_BYTES):
        checksum.update(octets[at : at + _BLOCK_BYTES])
    if not hmac.compare_digest(checksum.hexdigest(), str(head["checksum"])):
        raise _fault(path, "has been changed since it was written; build it again")
    return IndexTable(
        name=path.stem,
        version=str(head["checksum"])[:16],
        kinds=frozenset(tuple(kinds) for kinds in head["kinds"]),
        records=int(head["records"]),
        entries=entries,
        built_at=str(head["built_at"]),
        documents=tuple(Document(**document) for document in head["documents"]),
        octets=octets,
        start=start,
        fan_bits=fan_bits,
    )


def _head(path: Path, octets: mmap.mmap, maker: KeyMaker) -> dict[str, Any]:
    if len(octets) < HEAD_AT or octets[: len(MAGIC)] != MAGIC:
        raise _fault(path, "is no index; build it with `dlp-gateway exact-match build`")
    length = int.from_bytes(octets[8:12], "little")
    text = octets[HEAD_AT : HEAD_AT + length]
    checksum = maker.checksum()
    checksum.update(text)
    if not hmac.compare_digest(checksum.digest(), octets[12:HEAD_AT]):
        raise _fault(path, "was made under another installation's key, or is damaged; build it again here")
    head: dict[str, Any] = json.loads(text)
    if head["normal_forms"] != NORMAL_FORMS:
        raise _fault(path, "was made by another version, which writes names in another form; build it again")
    return head


def _fault(path: Path, text: str) -> ConfigError:
    return ConfigError([Fault(file=str(path), text=text)])
