"""References that nothing names, in what is said of somebody."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.model import Detection

VALUE = "ASB-26-00914"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"Our case is {VALUE}. Dean Hart is a tenant.", True),
        (f"Dean Hart is a tenant.\n\nOur case is {VALUE}.", True),  # of whom the paragraph before speaks
        (f"Dean Hart rang. A lot was said.\n\nHe is a tenant. Our case is {VALUE}.", True),
        (f"Our case is {VALUE}.\n\nThanks\nDean Hart", False),  # who stands in the next paragraph may be the writer
        (f"Dean Hart rang.\n\nThe lifts are broken.\n\nOur case is {VALUE}.", False),
        (f"Dean Hart sent the job ref {VALUE}.", False),
        (f"Dean Hart asks about planning application {VALUE}.", False),
        (f"Our case is {VALUE}.", False),
    ],
)
def test_a_reference_counts_where_somebody_is_spoken_of(
    text: str, found: bool, detect: Callable[..., Detection]
) -> None:
    assert any(f.entity == "UK_CASE_REF" for f in detect(text).findings) is found


@pytest.mark.parametrize(
    ("text", "entity"),
    [
        ("Dean Hart's council tax again. The account is 77120448.", "UK_COUNCIL_TAX_REF"),
        ("Dean Hart's rent arrears again. The account is 77120448.", "UK_RENT_REF"),
        ("Dean Hart has housing benefit, claim 1200448.", "UK_HOUSING_BENEFIT_REF"),
        ("Dean Hart again. The account is 77120448.", None),  # of what is not said
    ],
)
def test_what_the_message_speaks_of_tells_of_what_an_account_is(
    text: str, entity: str | None, detect: Callable[..., Detection]
) -> None:
    found = {f.entity for f in detect(text).findings} - {"PERSON"}
    assert found == ({entity} if entity else set())
