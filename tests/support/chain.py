"""Many messages through Postfix, the gateway and Postfix again, and what each must look like at the end."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.gateway_process import GatewayProcess
from tests.support.maildir import StoredMessage, read_messages
from tests.support.postfix import Postfix, relaying, send_with_smtp_source
from tests.support.waiting import wait_until

_FIELD = re.compile(rb"[^\r\n]+\r\n(?:[ \t][^\r\n]*\r\n)*")
_ADDED_BELOW = re.compile(rb"(?im)^Message-Id: <[^>\r\n]+\.postfix\.example>\r\n")


def letter(size: int = 4096) -> str:
    """A letter with lines as smtp-source wants them: LF at the end, some with leading dots."""
    head = (
        "From: <officer@council.example>\nTo: <desk@partner.example>\nSubject: Minutes of\n\tlast Tuesday\n"
        "Date: Tue, 24 Nov 2026 09:00:00 +0000\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n"
        "X-Odd:   three blanks,  two , and none at the end\n\n"
    )
    lines = [".", "..two dots", ".a line that starts with a dot", "", "trailing blanks   ", "The plans are ready."]
    body = ""
    while len(head) + len(body) < size:
        body += lines[len(body) % len(lines)] + "\n"
    return head + body


def sent_by_smtp_source() -> bytes:
    """The same as it sends it: it ends lines with CRLF, and puts an empty one last."""
    return letter().replace("\n", "\r\n").encode() + b"\r\n"


def send_through(gateway: GatewayProcess, back: Postfix, folder: Path, recipient: str, count: int) -> int:
    """Send `count` letters in 10 sessions through a Postfix of its own; answers how many arrived, each
    to a recipient of its own (numbers are put before the address)."""
    path = folder / f"letter-{recipient}"
    path.write_text(letter())
    sessions = ("-s", "10", "-m", str(count), "-F", str(path))
    before = len(read_messages(back.mail))
    with relaying(gateway.port) as front:
        send_with_smtp_source(front.port, *sessions, "-N", "-f", "officer@council.example", "-t", recipient)
        front.wait_for_empty_queue(seconds=120)
    wait_until(lambda: len(read_messages(back.mail)) >= before + count, f"{count} messages", seconds=30)
    return len({m.recipient for m in read_messages(back.mail) if m.recipient.endswith(recipient)})


def without_trace(stored: StoredMessage) -> bytes:
    """The message as its author's program made it: without what each host puts on top (three Received
    fields and our mark) and the Message-ID that the first Postfix adds to a message that has none."""
    octets = stored.octets
    trace: list[bytes] = []
    while octets.startswith((b"Received:", b"X-DLP-Gateway:")):
        match = _FIELD.match(octets)
        assert match is not None
        trace.append(match[0].partition(b":")[0])
        octets = octets[match.end() :]
    assert trace == [b"Received", b"Received", b"X-DLP-Gateway", b"Received"]
    header, end, body = octets.partition(b"\r\n\r\n")
    return _ADDED_BELOW.sub(b"", header + b"\r\n") + end[2:] + body
