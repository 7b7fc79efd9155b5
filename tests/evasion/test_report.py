from __future__ import annotations

from . import report


def test_the_page_shows_what_the_catalogue_shows_now() -> None:
    """`python -m tests.evasion.report` writes it anew."""
    assert report.written() == report.table()
