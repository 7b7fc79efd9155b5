"""Macros of Office documents: their source, of whatever document, and of a project on its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.extract.budget import Budget, Meter
from dlp_gateway.extract.office_97.compound_writer import write_compound
from dlp_gateway.extract.office_97.macros import decompress
from dlp_gateway.extract.source import Tools
from dlp_gateway.model import GapReason
from dlp_gateway.parse import views
from tests.support.documents.compound import with_streams
from tests.support.documents.macros import compressed, project
from tests.support.documents.planted import planted_file

_TOOLS = Tools(meter=Meter(Budget()), readings=views)
_MODULES = {"Module1": 'Sub Send()\r\n  Call Mail("ZebraMacroEnd")\r\nEnd Sub'}


@pytest.mark.parametrize(("document", "storage"), [("planted.doc", "Macros"), ("planted.xls", "_VBA_PROJECT_CUR")])
def test_the_macros_of_a_document_are_read(read: Callable, document: str, storage: str) -> None:
    octets = with_streams(planted_file(document), {storage: {"VBA": project(_MODULES), "PROJECT": b'ID="{0}"'}})
    reading = read(octets, document)
    assert reading.where('Call Mail("ZebraMacroEnd")\nEnd Sub') == [("2", "macro", True)]
    assert reading.gaps == ()


def test_a_project_on_its_own_is_read(read: Callable) -> None:
    """Documents since 2007 hold their macros so."""
    octets = write_compound({"VBA": project(_MODULES), "PROJECT": b'ID="{0}"'})
    assert read(octets, "vbaProject.bin").where("ZebraMacroEnd") == [("2", "macro", True)]


def test_a_module_that_cannot_be_read_is_a_gap(read: Callable) -> None:
    vba = {**project(_MODULES), "Module1": b"\xff\xfe\xfd\xfc\xfb\x07 not compressed"}
    assert read(write_compound({"VBA": vba}), "vbaProject.bin").reasons == [GapReason.CORRUPT]


def test_long_texts_come_in_several_chunks() -> None:
    text = bytes(range(32, 127)) * 200
    assert decompress(compressed(text), _TOOLS) == text


@pytest.mark.parametrize(
    ("octets", "text"),
    [
        # [MS-OVBA] 3.2.2 and 3.2.3: the examples of the specification.
        ("0103b002614500", b"a" * 73),
        (
            "0119b000616263646566676800696a6b6c6d6e6f70007172737475762e",
            b"abcdefghijklmnopqrstuv.",
        ),
    ],
)  # fmt: skip
def test_the_examples_of_the_specification(octets: str, text: bytes) -> None:
    assert decompress(bytes.fromhex(octets), _TOOLS) == text
