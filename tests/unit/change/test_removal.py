"""A part is taken away, a text stands in its place, and every other octet is as it was."""

from __future__ import annotations

import pytest

from dlp_gateway.change import TAKE_AWAY, Manner
from dlp_gateway.inspection import make_changes
from dlp_gateway.parse import parse_message

HEAD = b"From: a@council.example\r\nTo: b@x.example\r\nSubject: s\r\nMIME-Version: 1.0\r\n"
TEXT = b"Content-Type: text/plain; charset=utf-8\r\n\r\nPlease find both files attached.\r\n"
CSV = b'Content-Type: text/csv\r\nContent-Disposition: attachment; filename="clients.csv"\r\n\r\nEdith,943 476 5919'
PDF = (
    b'Content-Type: application/pdf\r\nContent-Disposition: attachment; filename="plan.pdf"\r\n'
    b"Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK"
)
MAIL = b"Content-Type: message/rfc822\r\n\r\nFrom: c@x.example\r\nSubject: old\r\n\r\nEdith again\r\n"
WORDS = "Anytown Council has taken an attachment away here."
MANNER = Manner(in_place=WORDS)


def mixed(*parts: bytes, kind: bytes = b"mixed", head: bytes = HEAD) -> bytes:
    body = b"".join(b"--foo\r\n" + part + b"\r\n" for part in parts)
    return head + b"Content-Type: multipart/" + kind + b'; boundary="foo"\r\n\r\n' + body + b"--foo--\r\n"


def without(octets: bytes, *paths: str, manner: Manner = MANNER) -> tuple[bytes, tuple[str, ...]]:
    changed = make_changes(octets, tuple(f"{TAKE_AWAY}{path}" for path in paths), {}, manner)
    return changed.octets, changed.notes


def test_all_other_octets_stay_and_a_text_says_what_was_there() -> None:
    octets = mixed(TEXT, CSV, PDF)
    reduced, notes = without(octets, "2")
    assert notes == ()
    before, after = octets.split(CSV)
    assert reduced.startswith(before)
    assert reduced.endswith(after)
    assert b"Edith" not in reduced
    assert b"clients.csv" not in reduced, "a file's name may tell of somebody, too"
    part = next(one for one in parse_message(reduced).parts if one.path == "2")
    assert (part.octets.decode(), part.media_type, part.is_body) == (WORDS, "text/plain", False)


def test_several_and_a_whole_message_among_them() -> None:
    reduced, notes = without(mixed(TEXT, MAIL, CSV, PDF), "2", "3")
    assert notes == ()
    assert b"Edith" not in reduced
    assert [one.octets for one in parse_message(reduced).parts if one.path == "4"] == [b"%PDF-1.4\n"]


def test_line_ends_are_those_of_the_message_and_words_may_be_any() -> None:
    reduced, notes = without(mixed(TEXT, CSV).replace(b"\r\n", b"\n"), "2", manner=Manner(in_place="Tŷ’r Cyngor =\n."))
    assert notes == ()
    assert b"\r" not in reduced
    assert parse_message(reduced).parts[-1].octets.decode() == "Tŷ’r Cyngor =\n."


SIGNED = mixed(
    mixed(TEXT, CSV, head=b"").replace(b"foo", b"inner"),
    b"Content-Type: application/pkcs7-signature; name=smime.p7s\r\n\r\nx",
    kind=b"signed; protocol=application/pkcs7-signature",
)


@pytest.mark.parametrize(
    ("octets", "path", "why"),
    [
        (SIGNED, "1.2", "signed"),
        (mixed(b"Content-Type: application/pgp-encrypted\r\n\r\nVersion: 1", CSV, kind=b"encrypted"), "2", "encrypted"),
        (mixed(TEXT, CSV, head=b"DKIM-Signature: v=1; d=council.example; b=x\r\n" + HEAD), "2", "DKIM-signed"),
        (mixed(TEXT, CSV, head=b"ARC-Seal: i=1; b=x\r\n" + HEAD), "2", "ARC-sealed"),
        (mixed(TEXT, CSV), "1", "the message's own text"),
        (mixed(TEXT, CSV), "7", "no such part"),
        (mixed(TEXT, CSV), "2/clients.csv", "no such part"),
        (mixed(TEXT, MAIL), "2.1", "no such part"),
        (mixed(TEXT, CSV), "", "the whole message"),
        (HEAD + CSV, "1", "the whole message"),
    ],
)
def test_what_can_not_be_taken_away_stays_and_why_is_said(octets: bytes, path: str, why: str) -> None:
    assert without(octets, path) == (octets, (why,))


def test_a_signature_that_is_made_anew_does_not_matter() -> None:
    octets = mixed(TEXT, CSV, head=b"DKIM-Signature: v=1; d=council.example; b=x\r\n" + HEAD)
    reduced, notes = without(octets, "2", manner=Manner(in_place=WORDS, signed_later=True))
    assert notes == ()
    assert b"Edith" not in reduced


def test_what_programs_read_in_two_ways_stays_whole() -> None:
    octets = mixed(TEXT, CSV).replace(b'boundary="foo"', b'boundary="foo"; boundary="bar"')
    assert without(octets, "2") == (octets, ("ambiguous",))
