"""Homes right behind names."""

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
        ("Seen: Mr Craig Mullaney, 6 Ferrier Point. Two lads were there.", "6 Ferrier Point"),
        ("Mr Leon Fairclough   9 St Brigid's Pk   hoist", "9 St Brigid's Pk"),
        ("Mrs Thorogood, The Old Chapel, Rhyd - bites when frightened", "The Old Chapel, Rhyd"),
        ("Mr Irwin   The Gate Lodge, Castle Bawn   wet room", "The Gate Lodge, Castle Bawn"),
        ("Mrs Sawyer-Price of Pen y Graig Isaf, Cwm Isaf complains", "Pen y Graig Isaf, Cwm Isaf"),
        ("Mr Hollingworth, aged 31, of Larch House, Brow Top, has taught", "Larch House, Brow Top"),
        ("Yours, disappointed,\nN. B. Ojukwu\n66 Parkstead Hill", "66 Parkstead Hill"),
        ("Witness: Mrs D'Costa, flat 30\nTaken at the hub", "flat 30"),
        ("Mrs Ayesha Khan in flat E, Sproxton Mews locked out", "flat E, Sproxton Mews"),
        ("Mr Tranter at 2a wants it felled", "2a"),
        ("Party B: Xiulan and Pat O'Shea, no. 4\nHe shouts", "no. 4"),
        ("Mr R D'Souza - Plot 4, Long Acre - dog friendly", "Plot 4, Long Acre"),
    ],
)
def test_a_home_behind_a_name_is_found(text: str, home: str, detect: Detect) -> None:
    (found,) = homes(text, detect(text))
    assert found.startswith(home) or home.startswith(found)


@pytest.mark.parametrize(
    "text",
    [
        "Mr Mullaney, 3 December. Mrs Bell, 2 Children.",
        "Mr Mullaney, 6 FPNs. Ms Vu (12 Beds).",
        "Mr Mullaney, Band 2, is ill. Mrs Bell, Head of Housing.",
        "Mr Mullaney, The Guardian. Mrs Bell, Town Hall, Ashby.",
        "6 Ferrier Point. Mr Mullaney was there.",
        "Mr Craig Mullaney\n3 Green Items\n",
        "See Mr Mullaney\n6 Ferrier Items",
        "Mr Mullaney at 2a for an hour",
    ],
)
def test_what_is_no_home_is_not(text: str, detect: Detect) -> None:
    assert homes(text, detect(text)) == []
