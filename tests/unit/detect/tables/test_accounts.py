from __future__ import annotations

from collections.abc import Callable

import pytest

from dlp_gateway.model import Area, Detection, Passage


@pytest.mark.parametrize(
    ("header", "entities"),
    [
        ("Name\tSort\tAccount", {"UK_BANK_ACCOUNT"}),
        ("Payee\tAmount\tAccount no", {"UK_BANK_ACCOUNT"}),
        ("Liable party\tBand\tACCOUNT", {"UK_COUNCIL_TAX_REF"}),
        ("Tenant\tWeeks\tAccount", {"UK_RENT_REF"}),
        ("Name\tWeeks\tAccount", set()),
    ],
)
def test_the_columns_beside_it_say_what_an_account_is(
    header: str, entities: set[str], detect: Callable[..., Detection]
) -> None:
    text = header + "".join(f"\nEdith Crowe\tx\t3002771{n}" for n in range(4))
    table = Passage(part="2", place="", text=text, area=Area.ATTACHMENT, table=True)
    found = {f.entity for f in detect("x", extra=(table,)).findings}
    assert found - {"PERSON"} == entities
