"""What the MIME reader costs: `python bench/parse.py`. CPU milliseconds, best of 15, of our splitter and of the second
opinions of other parsers."""

from __future__ import annotations

import base64
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dlp_gateway.parse.mime import split_message
from dlp_gateway.parse.second_opinion import with_second_opinions

HEAD = (
    b"Received: from mx.council.example (mx.council.example [192.0.2.1]) by mx.partner.example with ESMTPS id 4Zx1;\r\n"
    b"\tMon, 5 Oct 2026 09:14:00 +0000\r\n"
    * 3
    + b"From: Jo Bloggs <jo@council.example>\r\nTo: Pat <pat@partner.example>\r\nSubject: Papers for Tuesday\r\n"
    + b"Message-ID: <0001@council.example>\r\nDate: Mon, 5 Oct 2026 09:14:00 +0000\r\nMIME-Version: 1.0\r\n"
    + b"".join(b"X-Field-%d: some value\r\n" % n for n in range(6))
)
TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
LINE = b"Some words of a letter, as people write them to one another.\r\n"


def multipart(*parts: bytes) -> bytes:
    head = HEAD + b'Content-Type: multipart/mixed; boundary="=_limit"\r\n\r\n'
    return head + b"".join(b"--=_limit\r\n" + part + b"\r\n" for part in parts) + b"--=_limit--\r\n"


def file(size: int) -> bytes:
    encoded = base64.encodebytes(os.urandom(size)).replace(b"\n", b"\r\n")
    return b"Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded


MESSAGES = {
    "4 kB of text": HEAD + TEXT + LINE * 50,
    "two texts, 7 kB": multipart(TEXT + LINE * 50, TEXT.replace(b"plain", b"html") + b"<p>" + LINE * 50),
    "text and 3 files, 10 MB": multipart(TEXT + LINE * 50, *[file(2_450_000)] * 3),
    "10 MB of text": HEAD + TEXT + LINE * 162_000,
}


def milliseconds(work: Callable[[], object], times: int) -> float:
    best = float("inf")
    for _ in range(15):
        started = time.process_time()
        for _ in range(times):
            work()
        best = min(best, time.process_time() - started)
    return best / times * 1000


def main() -> None:
    for name, octets in MESSAGES.items():
        times = 200 if len(octets) < 100_000 else 1
        parsed = split_message(octets)
        assert with_second_opinions(octets, parsed) == parsed
        own = milliseconds(lambda octets=octets: split_message(octets), times)
        others = milliseconds(lambda octets=octets, parsed=parsed: with_second_opinions(octets, parsed), times)
        print(f"{name:24} splitter {own:8.3f} ms   second opinions {others:8.3f} ms")


if __name__ == "__main__":
    main()
