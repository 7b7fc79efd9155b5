"""Packages whose ZIP file is odd: what can be had of them is read, and the rest is a gap."""

from __future__ import annotations

import io
import struct
import warnings
import zipfile
from collections.abc import Callable

from dlp_gateway.extract.budget import Budget, Meter
from dlp_gateway.extract.office import package
from dlp_gateway.extract.office.package import Package
from dlp_gateway.model import GapReason
from tests.support.documents.docx import W
from tests.support.documents.planting import zipped

TYPES = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def paragraph(text: str) -> bytes:
    return f"<w:document {W}><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>".encode()


def test_a_package_that_is_cut_off_is_read_as_far_as_it_goes(read: Callable) -> None:
    octets = zipped({"[Content_Types].xml": TYPES, "word/document.xml": paragraph("K_BODY"), "word/x.xml": b"<a/>"})
    reading = read(octets[: octets.rindex(b"PK\x01\x02") + 50], "letter.docx")
    assert reading.where("K_BODY")
    assert reading.reasons


def test_two_parts_of_one_name_are_both_read(read: Callable) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("word/document.xml", paragraph("K_ONE"))
        archive.writestr("word/document.xml", paragraph("K_TWO"))
    reading = read(buffer.getvalue(), "letter.docx")
    assert reading.where("K_ONE")
    assert reading.where("K_TWO")
    assert GapReason.AMBIGUOUS in reading.reasons


def test_a_part_with_a_wrong_checksum_is_read_beside_its_gap(read: Callable) -> None:
    octets = bytearray(zipped({"[Content_Types].xml": TYPES, "word/document.xml": paragraph("K_BODY")}))
    for signature, at in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        start = octets.rindex(signature) + at
        struct.pack_into("<I", octets, start, 0xDEADBEEF)
    reading = read(bytes(octets), "letter.docx")
    assert reading.where("K_BODY")
    assert reading.reasons == [GapReason.AMBIGUOUS]


def test_a_part_with_a_password_is_a_gap_and_the_others_are_read(read: Callable) -> None:
    octets = bytearray(
        zipped({"[Content_Types].xml": TYPES, "word/document.xml": paragraph("K_BODY"), "a.bin": b"x" * 40})
    )
    for signature, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        octets[octets.rindex(signature) + at] |= 1
    reading = read(bytes(octets), "letter.docx")
    assert reading.where("K_BODY")
    assert GapReason.ENCRYPTED in reading.reasons


def test_a_part_that_expands_beyond_the_budget_is_a_gap_and_the_others_are_read(read: Callable) -> None:
    octets = zipped(
        {"[Content_Types].xml": TYPES, "word/media/a.bin": bytes(90_000), "word/document.xml": paragraph("K_BODY")}
    )
    reading = read(octets, "letter.docx", budget=Budget(file_bytes=50_000))
    assert reading.where("K_BODY")
    assert reading.reasons == [GapReason.TOO_LARGE]


def test_more_parts_than_are_read_are_a_gap(read: Callable) -> None:
    parts = {f"word/x{n}.xml": b"<a/>" for n in range(package.MOST_PARTS)}
    octets = zipped({"[Content_Types].xml": TYPES, "word/document.xml": paragraph("K_BODY"), **parts})
    reading = read(octets, "letter.docx")
    assert reading.where("K_BODY")
    assert GapReason.TOO_LARGE in reading.reasons


def test_names_of_parts_differ_without_regard_to_case() -> None:
    made = Package()
    made.add("Word\\Document.xml", b"")
    assert made.find("word/document.XML") == "Word/Document.xml"
    assert made.find("word/other.xml") == "word/other.xml"


def test_a_part_that_says_wrongly_how_parts_are_related_is_a_fault() -> None:
    made = Package()
    made.add("word/_rels/document.xml.rels", b'<Relationships><Relationship Id="a" Target="x.xml"/><broken')
    found = made.relations("word/document.xml", Meter(Budget()))
    assert [(relation.id, relation.target) for relation in found] == [("a", "word/x.xml")]
    assert len(made.faults) == 1
