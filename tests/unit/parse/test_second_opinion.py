"""What other parsers see and we do not: inspected too, and said; ordinary mail is never held for it."""

from __future__ import annotations

import base64
import os
import subprocess
import sys

import pytest

from dlp_gateway.model import Gap, GapReason, GapScope, ParsedMessage
from dlp_gateway.parse import parse_message, split_message
from dlp_gateway.parse.second_opinion import ONLY_OTHERS, TOO_MUCH
from tests.support.cpu_time import within

HEAD = b"From: a@council.example\r\nTo: b@x.example\r\nSubject: s\r\nMIME-Version: 1.0\r\n"
PLAIN = b"Content-Type: text/plain; charset=utf-8\r\n\r\n"
SECRET = b"NI AB 12 34 56 C"
HIDDEN = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.b64encode(SECRET)
LONG = b"".join(b"line %d of a long text\r\n" % n for n in range(2000))
GAP = Gap(part="", reason=GapReason.AMBIGUOUS, scope=GapScope.MESSAGE, detail=ONLY_OTHERS)


def mixed(*parts: bytes, declared: bytes = b"multipart/mixed; boundary=foo") -> bytes:
    body = b"".join(b"--foo\r\n" + part + b"\r\n" for part in parts)
    return HEAD + b"Content-Type: " + declared + b"\r\n\r\n" + body + b"--foo--\r\n"


def file(octets: bytes, kind: bytes = b"application/pdf") -> bytes:
    encoded = base64.encodebytes(octets).replace(b"\n", b"\r\n")
    return b"Content-Type: " + kind + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n" + encoded


def others(parsed: ParsedMessage) -> list[tuple[str, bytes]]:
    return [(part.path, part.octets) for part in parsed.parts if part.path.startswith("OTHER")]


@pytest.mark.parametrize(
    "octets",
    [
        mixed(HIDDEN, declared=b"multipart/mixed; boundary=bar; boundary=foo"),
        mixed(HIDDEN, declared=b'multipart/mixed; boundary="=?us-ascii?Q?foo?="'),
        mixed(b"Content-Type: message/partial; id=x; number=1\r\n\r\n" + HEAD + HIDDEN),
    ],
    ids=["the last boundary", "an encoded boundary", "a piece of a message"],
)
def test_a_leaf_that_only_others_see_is_inspected_and_said(octets: bytes) -> None:
    parsed = parse_message(octets)
    assert SECRET in [content for _, content in others(parsed)]
    assert GAP in parsed.gaps
    assert SECRET not in [part.octets for part in split_message(octets).parts]


def test_what_our_rules_take_as_sound_is_held_where_another_parser_disagrees() -> None:
    """An escape in a quoted boundary is legal, and nobody writes one."""
    octets = mixed(HIDDEN, declared=b'multipart/mixed; boundary="f\\oo"')
    assert split_message(octets).gaps == ()
    assert parse_message(octets).gaps == (GAP,)


def test_uuencode_as_transfer_encoding_is_decoded_as_python_does() -> None:
    octets = HEAD + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n#0V%T\r\n`\r\nend\r\n"
    assert ("OTHER.1", b"Cat") in others(parse_message(octets))


@pytest.mark.parametrize("encoding", [b"\r\n base64", b"base64 (as usual)"], ids=["a fold", "a comment"])
def test_a_legal_encoding_that_another_parser_leaves_alone_is_inspected_without_a_gap(encoding: bytes) -> None:
    text = base64.b64encode(SECRET)
    parsed = parse_message(HEAD + b"Content-Transfer-Encoding: " + encoding + b"\r\n\r\n" + text)
    assert parsed.gaps == ()
    assert [part.octets for part in parsed.parts] == [SECRET, text]


def test_a_long_leaf_that_another_parser_leaves_alone_is_inspected_to_its_end() -> None:
    text = base64.encodebytes(LONG * 60).replace(b"\n", b"\r\n")
    parsed = parse_message(HEAD + b"Content-Transfer-Encoding:\r\n base64\r\n\r\n" + text)
    assert parsed.gaps == ()
    assert [part.octets for part in parsed.parts] == [LONG * 60, text]


def test_octets_beyond_ascii_that_another_parser_drops_are_one_more_reading_without_a_gap() -> None:
    parsed = parse_message(HEAD + b"Content-Transfer-Encoding: quoted-printable\r\n\r\nAB\xa012 34 56 C\r\n")
    assert parsed.gaps == ()
    assert others(parsed) == [("OTHER.1", b"AB12 34 56 C\r\n")]


def test_inside_a_returned_message_it_only_widens() -> None:
    status = b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; x\r\n"
    inner = mixed(HIDDEN, declared=b"multipart/mixed; boundary=bar; boundary=foo").replace(b"--foo", b"--fo2")
    returned = b"Content-Type: message/rfc822\r\n\r\n" + inner.replace(b"boundary=foo", b"boundary=fo2")
    octets = mixed(PLAIN + b"Hi", status, returned, declared=b"multipart/report; boundary=foo")
    parsed = parse_message(octets)
    assert parsed.gaps == ()
    assert [content for _, content in others(parsed)] == [SECRET]
    elsewhere = mixed(PLAIN + b"Hi", returned, status, declared=b"multipart/report; boundary=foo")
    assert GAP in parse_message(elsewhere).gaps


SOUND = {
    "plain": HEAD + b"\r\nHello\r\n",
    "long plain": HEAD + b"\r\n" + LONG,
    "long text with dashes": HEAD + b"\r\n" + LONG + b"-- \r\n-----Original Message-----\r\n" + LONG,
    "parts": mixed(PLAIN + b"Hi", PLAIN + LONG, file(os.urandom(9000))),
    "preamble and epilogue": mixed(PLAIN + b"Hi").replace(b"\r\n\r\n--foo", b"\r\n\r\nMIME\r\n--foo") + b"footer\r\n",
    "long preamble": mixed(PLAIN + b"Hi").replace(b"\r\n\r\n--foo", b"\r\n\r\n" + LONG + b"\r\n--foo") + LONG,
    "empty parts": mixed(b"", PLAIN, b"\r\n"),
    "a message": mixed(b"Content-Type: message/rfc822\r\n\r\n" + HEAD + PLAIN + LONG),
    "a message of another kind": mixed(PLAIN + LONG, b"Content-Type: message/news\r\n\r\n" + HEAD + PLAIN + LONG),
    "a digest": mixed(b"\r\n" + HEAD + PLAIN + LONG, declared=b"multipart/digest; boundary=foo"),
    "a multipart in a message": mixed(b"Content-Type: message/rfc822\r\n\r\n" + mixed(HIDDEN).replace(b"foo", b"bar")),
    "quoted-printable": HEAD
    + b"Content-Transfer-Encoding: quoted-printable\r\n\r\n"
    + b"caf=C3=A9 =\r\nbar  \r\n" * 99,
    "LF alone": mixed(PLAIN + LONG, file(os.urandom(9000))).replace(b"\r\n", b"\n"),
    "a long line": HEAD + b"\r\n" + b"x" * 100_000,
    "raw octets": HEAD + b"Content-Transfer-Encoding: 8bit\r\n\r\ncaf\xe9 \xff" + LONG,
    "a header alone": mixed(b"Content-Type: text/plain\r\n"),
}


@pytest.mark.parametrize("octets", SOUND.values(), ids=SOUND.keys())
def test_where_all_agree_nothing_is_added(octets: bytes) -> None:
    assert parse_message(octets) == split_message(octets)


def test_an_encoded_message_that_others_open_holds_nothing_new() -> None:
    inner = HEAD + HIDDEN
    parsed = parse_message(mixed(file(inner, b"message/global"), file(HEAD + PLAIN + LONG, b"message/global")))
    assert parsed.gaps == ()
    assert SECRET not in [content for _, content in others(parsed)]


@pytest.mark.parametrize(
    "octets",
    [
        HEAD + b"\r\n".join(b"X-%d: y" % n for n in range(40_000)) + b"\r\n\r\nx",
        HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 400 + HEAD + b"\r\nx",
        mixed(*[PLAIN] * 1200),
    ],
    ids=["header", "depth", "parts"],
)
def test_no_other_parser_runs_where_a_limit_of_ours_is_passed(octets: bytes) -> None:
    assert parse_message(octets) == split_message(octets)


def test_structure_too_large_for_others_is_a_gap() -> None:
    lines = HEAD + b"\r\n" + b"--x\r\n" * 20_000
    assert [(gap.reason, gap.detail) for gap in parse_message(lines).gaps] == [(GapReason.TOO_LARGE, TOO_MUCH)]
    semicolons = HEAD + b'Content-Type: text/plain; x="' + b";" * 9000 + b'"\r\n\r\nx'
    assert [(gap.reason, gap.detail) for gap in parse_message(semicolons).gaps] == [(GapReason.TOO_LARGE, TOO_MUCH)]


KILLERS = {
    "semicolons in quotes": mixed(*[b'Content-Type: text/plain; x="' + b";" * 4000 + b'"\r\n\r\nx'] * 900),
    "blocks of a delivery status": mixed(b"Content-Type: message/delivery-status\r\n\r\n" + b"a: b\r\n\r\n" * 200_000),
    "fold lines": mixed(*[b"X: a\r\n" + b" b\r\n" * 30_000 + b"\r\nx"] * 8),
    "quotes in To": HEAD + b"To: " + b'"' * 30_000 + b"\r\n\r\nx",
    "nested comments in To": HEAD + b"To: " + b"(" * 30_000 + b"\r\n\r\nx",
    "encoded words": HEAD + b"Subject: " + b"=?utf-8?B?QQ==?= " * 1800 + b"\r\n\r\nx",
    "deep in a second boundary": HEAD
    + b"Content-Type: multipart/mixed; boundary=x; boundary=b0\r\n\r\n"
    + b"".join(b"--b%d\r\nContent-Type: multipart/mixed; boundary=b%d\r\n\r\n" % (n, n + 1) for n in range(2000)),
    "parts after the end": mixed(PLAIN) + b"--foo\r\n\r\nx\r\n" * 9000,
    "lines in many multiparts, with one difference": b"".join(
        (HEAD if n == 0 else b"--b%d\r\n" % (n - 1)) + b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n" % n
        for n in range(18)
    )
    + b"--b17\r\nContent-Transfer-Encoding: x-uue\r\n\r\n"
    + b"a\r\n" * 600_000,
    "a long text": HEAD + b"\r\n" + LONG * 100,
}


@pytest.mark.parametrize("octets", KILLERS.values(), ids=KILLERS.keys())
def test_hostile_input_takes_little_time(octets: bytes) -> None:
    within(2, lambda: parse_message(octets))


_LOCKED = """
import os, sys
from dlp_gateway import sandbox
from dlp_gateway.parse import parse_message
octets = sys.stdin.buffer.read()
sandbox.prepare_filters()
out = os.dup(1)
if os.fork() == 0:
    sandbox.lock_down_reader(256 * 2**20, 20, out)
    parsed = parse_message(octets)
    os.write(out, repr([[part.path, part.octets] for part in parsed.parts]).encode())
    os._exit(0)
os.wait()
"""


@pytest.mark.parametrize(
    "octets",
    [
        mixed(HIDDEN, declared=b"multipart/mixed; boundary=bar; boundary=foo"),
        HEAD + b"Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\r\n#0V%T\r\n`\r\nend\r\n",
        HEAD + b"Content-Type: text/plain; charset*=koi8-r''x\r\n\r\ncaf\xe9",
    ],
    ids=["boundaries", "uuencode", "octets"],
)
def test_it_works_in_a_forked_process_without_files_and_threads(octets: bytes) -> None:
    """Nothing may be loaded late, and no thread be started: there is none to be had."""
    run = subprocess.run([sys.executable, "-c", _LOCKED], input=octets, capture_output=True, timeout=60, check=True)
    assert run.stdout.decode() == repr([[part.path, part.octets] for part in parse_message(octets).parts])
