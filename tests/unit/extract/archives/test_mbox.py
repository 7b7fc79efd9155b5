from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.extract.archives.mbox import is_mbox

FOLDER = (
    b"From a@council.example Mon Jan  1 09:00:00 2024\n"
    b"From: a@council.example\nTo: b@partner.example\nSubject: K_FIRST\n\n"
    b"K_ONE\n>From the start.\nFrom now on: K_PROSE\n\n"
    b"From b@partner.example Mon Jan  1 10:00:00 2024\n"
    b"From: b@partner.example\nTo: a@council.example\nSubject: K_SECOND\n\nK_TWO\n"
)


@pytest.mark.parametrize("octets", [FOLDER, FOLDER.replace(b"\n", b"\r\n")])
def test_each_message_of_a_folder_is_read_as_one(read: Callable, octets: bytes) -> None:
    reading = read(octets, "archive.mbox")
    assert reading.one("K_FIRST").part == "2/message 1.eml/HEADER"
    assert reading.one("K_ONE").part == "2/message 1.eml/1"
    assert reading.one("K_PROSE").part == "2/message 1.eml/1"
    assert reading.one("K_SECOND").part == "2/message 2.eml/HEADER"
    assert reading.one("K_TWO").part == "2/message 2.eml/1"
    assert reading.gaps == ()


def test_a_folder_is_known_whatever_it_is_called(read: Callable) -> None:
    assert read(FOLDER, "old", "application/octet-stream").one("K_TWO").part == "2/message 2.eml/1"


@pytest.mark.parametrize(
    "text", [b"From now on we write letters.\nNobody reads them.\n", b"From\n", b"From: a@b.example\n\nx"]
)
def test_prose_that_begins_with_the_word_is_no_folder(text: bytes) -> None:
    assert not is_mbox(text)
