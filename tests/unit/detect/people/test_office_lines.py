from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.model import Detection

Detect = Callable[..., Detection]


def phones(detection: Detection) -> int:
    return sum(f.entity == "PHONE_NUMBER" for f in detection.findings)


@pytest.mark.parametrize(
    "body",
    [
        "Ring the office on 01632 960500 or come to the open evening.",
        "The ward's 01632 960500 is the general switchboard.",
        "Paper copies: Strategy, Town Hall, 01632 960500.",
        "Queries to this mailbox or 01632 960500.",
        "For loan stock call 029 2018 0714, quote the notice.",
        "If you wish to discuss ring 01632 960500, option 3.",
        "Ring 01632 960500 out of hours and quote AB-1.",
        "Helpdesk 01632 960 100 opt 3",
        "Main switchboard: 01632 960500",
    ],
)
def test_a_line_that_the_words_call_an_offices_is_nobodys(body: str, detect: Detect) -> None:
    assert phones(detect(body)) == 0


@pytest.mark.parametrize(
    "body",
    [
        "Ring Mrs Okafor on 01632 960500.",
        "Ring the office on 07700 900123.",
        "Her daughter works at the Town Hall, 01632 960500.",
        "Call him on 01632 960500, he is in the office.",
        "Her number in the office is 01632 960500.",
        "Grace Okafor, 01632 960500",
    ],
)
def test_a_line_of_somebody_counts(body: str, detect: Detect) -> None:
    assert phones(detect(body)) == 1
