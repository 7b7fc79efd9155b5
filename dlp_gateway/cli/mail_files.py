"""Messages from files: .eml, mbox, Maildir, folders of them, or standard input."""

from __future__ import annotations

import mailbox
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ..errors import ConfigError, Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFile:
    """One message and what to call it: its path, with "#3" for the third of an mbox, or "-"."""

    name: str
    octets: bytes = field(repr=False)


def printable(text: str) -> str:
    """Text out of a message or the name of a file without what could steer the terminal."""
    return "".join(c if c in "\n\t" or c.isprintable() else ascii(c)[1:-1] for c in text)


def check_paths(paths: Sequence[str]) -> None:
    """Raises ConfigError with one fault for every path that does not exist."""
    faults = [
        Fault(file=path, text="does not exist; name a .eml or mbox file, a Maildir, a folder, or - for standard input")
        for path in paths
        if path != "-" and not Path(path).exists()
    ]
    if faults:
        raise ConfigError(faults)


def read_mail_files(paths: Sequence[str]) -> Iterator[MailFile]:
    """Every message that the paths name, in order. Raises ConfigError for what can't be read."""
    check_paths(paths)
    for path in paths:
        if path == "-":
            yield MailFile(name="-", octets=sys.stdin.buffer.read())
        elif Path(path).is_dir():
            yield from _folder(Path(path))
        else:
            yield from _file(Path(path))


def _folder(folder: Path) -> Iterator[MailFile]:
    if (folder / "cur").is_dir() and (folder / "new").is_dir():
        files = sorted(f for part in ("cur", "new") for f in (folder / part).iterdir() if f.is_file())
    else:
        files = sorted(f for f in folder.rglob("*") if f.is_file() and f.suffix.lower() in (".eml", ".mbox"))
    if not files:
        raise ConfigError([Fault(file=str(folder), text="holds no .eml or .mbox file")])
    for file in files:
        yield from _file(file)


def _file(path: Path) -> Iterator[MailFile]:
    try:
        octets = path.read_bytes()
    except OSError as error:
        raise ConfigError([Fault(file=str(path), text=f"can't be read ({error.strerror})")]) from None
    if octets.startswith(b"From ") and path.suffix.lower() != ".eml":
        box = mailbox.mbox(path, create=False)
        try:
            for number, key in enumerate(box.keys(), start=1):
                yield MailFile(name=f"{path}#{number}", octets=box.get_bytes(key))
        finally:
            box.close()
    else:
        yield MailFile(name=str(path), octets=octets)
