from __future__ import annotations

import pytest

from bench.accuracy.alignment import UnalignedError, align


def test_a_cell_leads_back_to_the_file_that_it_stood_in():
    written = 'Name,DOB\n"Crowe, Edith",12/03/1931\n'
    read = "Name\tDOB\nCrowe, Edith\t12/03/1931"
    start = read.index("12/03")
    span = align(read, written).span(start, start + 10)
    assert span is not None
    assert written[slice(*span)] == "12/03/1931"


def test_a_stretch_without_letters_or_digits_leads_nowhere():
    assert align("a - b", "a - b").span(1, 4) is None


def test_other_words_than_were_written_are_an_error():
    with pytest.raises(UnalignedError):
        align("Edith", "Crowe")
