"""Reads what a next hop has put into Maildirs: Postfix's virtual(8) or the demonstration's own."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

_LEADING = re.compile(rb"(Return-Path|X-Original-To|Delivered-To): ([^\r\n]*)\r?\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """One message as it was stored for one recipient.

    `octets` have CRLF line ends and lack the fields that the last MTA puts on top when it stores
    (Return-Path, X-Original-To, Delivered-To).
    """

    recipient: str
    reverse_path: str  # "" is the null reverse-path
    octets: bytes = field(repr=False)
    path: Path

    @property
    def header(self) -> bytes:
        return self.octets.partition(b"\r\n\r\n")[0] + b"\r\n"

    @property
    def body(self) -> bytes:
        return self.octets.partition(b"\r\n\r\n")[2]


def read_messages(folder: Path) -> list[StoredMessage]:
    """Every message in every Maildir at or below `folder`, in order of arrival within each Maildir."""
    paths = [
        path for state in ("new", "cur") for place in folder.rglob(state) if place.is_dir() for path in place.iterdir()
    ]
    return [_read(path) for path in sorted(paths, key=lambda p: (str(p.parent), p.stat().st_mtime_ns, p.name))]


def messages_for(folder: Path, recipient: str) -> list[StoredMessage]:
    """The messages that were stored for one recipient."""
    return [message for message in read_messages(folder) if message.recipient.lower() == recipient.lower()]


def _read(path: Path) -> StoredMessage:
    octets = path.read_bytes()
    fields: dict[str, str] = {}
    while (match := _LEADING.match(octets)) and match[1].decode() not in fields:
        fields[match[1].decode()] = match[2].decode("utf-8", "surrogateescape")
        octets = octets[match.end() :]
    return StoredMessage(
        recipient=fields["X-Original-To"],
        reverse_path=fields["Return-Path"].strip("<>"),
        octets=re.sub(rb"\r?\n", b"\r\n", octets),
        path=path,
    )
