"""Whatever the octets are, extraction answers: with passages, with gaps, never with an exception."""

from __future__ import annotations

import io
import struct
import zipfile
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlp_gateway.extract import extract_text
from dlp_gateway.extract.archives.zip_file import ZipAmbiguousError, entry_names, read_zip
from dlp_gateway.extract.text.plain import join_flowed
from dlp_gateway.parse import parse_message, views
from tests.evasion.build import Case
from tests.evasion.catalogue import CASES
from tests.fuzz.targets import inspect, read_file
from tests.support.mutations import broken, broken_within
from tests.support.small_documents import DOCUMENTS, small_documents

_STARTS = st.sampled_from(
    [
        b"",
        b"%PDF-1.4\n",
        b"PK\x03\x04",
        b"{\\rtf1 ",
        b"\x1f\x8b\x08",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"<html>",
        b"From: a\n",
    ]
)


def _attached(octets: bytes) -> bytes:
    return b"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: application/x\r\n\r\n" + octets


def _package() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", "<d><p><r><t>text</t></r></p></d>")
        package.writestr("xl/workbook.xml", '<w><sheet name="s" id="r1"/></w>')
        package.writestr("xl/worksheets/sheet1.xml", '<s><row r="1"><c r="A1"><v>1</v></c></row></s>')
    return buffer.getvalue()


PACKAGE = _package()


@given(_STARTS, st.binary(max_size=600))
@settings(max_examples=150, deadline=None)
def test_any_octets_are_answered(start: bytes, octets: bytes) -> None:
    parsed = parse_message(_attached(start + octets))
    extract_text(parsed, parse_message, views)


@given(st.integers(0, len(PACKAGE) - 1), st.binary(max_size=8), st.integers(0, 8))
@settings(max_examples=150, deadline=None)
def test_a_package_changed_anywhere_is_answered(at: int, put: bytes, cut: int) -> None:
    octets = PACKAGE[:at] + put + PACKAGE[at + cut :]
    entry_names(octets)
    extract_text(parse_message(_attached(octets)), parse_message, views)


@given(st.integers(0, len(PACKAGE) - 1), st.binary(min_size=1, max_size=8))
@settings(max_examples=150, deadline=None)
def test_octets_put_into_an_archive_never_go_unnoticed(at: int, put: bytes) -> None:
    """Every octet belongs to something: what is inserted shifts the rest out of place."""
    try:
        zipped = read_zip(PACKAGE[:at] + put + PACKAGE[at:])
    except (ZipAmbiguousError, struct.error):
        return
    assert zipped.trailing or zipped.comments or not put.strip(b"\0\r\n ")


@given(st.text(alphabet=" >ab-\n", max_size=200), st.booleans())
def test_joining_flowed_lines_never_moves_a_character(text: str, delete_space: bool) -> None:
    joined = join_flowed(text, delete_space=delete_space)
    assert len(joined) == len(text)
    assert all(new == old or old in " >\n" for new, old in zip(joined, text, strict=True))


@pytest.mark.parametrize("name", DOCUMENTS)
@given(st.sampled_from(sorted(DOCUMENTS)), st.integers(1, 4), st.booleans(), st.randoms(use_true_random=False))
@settings(max_examples=25)
def test_a_broken_document_of_any_kind_keeps_every_promise(
    name: str, other: str, times: int, within: bool, chance: Random
) -> None:
    """Octets turned, cut, repeated, spliced with another document, lengths that lie; outside and behind compression."""
    documents = small_documents()
    octets = documents[name]
    for _ in range(times):
        inner = broken_within(octets, chance, lambda content: broken(content, b"", chance)) if within else None
        octets = broken(octets, documents[other], chance) if inner is None else inner
    read_file(octets, filename=f"a.{name}")


@given(st.sampled_from(CASES), st.sampled_from(CASES), st.integers(1, 4), st.randoms(use_true_random=False))
def test_a_broken_message_keeps_every_promise(case: Case, other: Case, times: int, chance: Random) -> None:
    """Through parse, extract and detect."""
    octets = case.octets
    for _ in range(times):
        inner = broken_within(octets, chance, lambda content: broken(content, b"", chance))
        octets = broken(octets, other.octets, chance) if inner is None else inner
    inspect(octets)
