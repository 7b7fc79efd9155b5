"""Homes in lines of people that are parted by signs."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.model import Detection

Detect = Callable[..., Detection]


def homes(text: str, detection: Detection) -> list[str]:
    return [text[f.start : f.end] for f in detection.findings if f.entity == "UK_ADDRESS"]


@pytest.mark.parametrize(
    ("text", "home"),
    [
        ("HOM-24-1190 | TEKLE, Zachary | SR551902A | 11b Weavers, Wendleford | 09/09", "11b Weavers, Wendleford"),
        (
            "HOM-24-1183 | TEKLE, Zachary | Rm 6 Lower Tythe Lodge, Saltmarsh | 02/09",
            "Rm 6 Lower Tythe Lodge, Saltmarsh",
        ),
        ("KX70WRD / Zachary Tekle / seen / 4 Weavers Way", "4 Weavers Way"),
        ("Zachary Tekle | noted | 14 Weavers, Wendleford | ok", "14 Weavers, Wendleford"),
    ],
)
def test_a_home_in_a_cell_of_somebodys_line_is_found(text: str, home: str, detect: Detect) -> None:
    assert homes(text, detect(text)) == [home]


@pytest.mark.parametrize(
    "text",
    [
        "Zachary Tekle | noted | 3 Officers | ok",
        "Zachary Tekle | noted | 2 Beds, Ward | ok",
        "Stock | noted | 14 Weavers, Wendleford | ok",
        "Zachary Tekle | noted | 12 Town Hall, Wendleford Library | ok",
    ],
)
def test_other_cells_are_no_homes(text: str, detect: Detect) -> None:
    assert homes(text, detect(text)) == []
