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


@pytest.mark.parametrize(
    ("header", "entities"),
    [
        ("Claim\tName\tNINO", {"UK_HOUSING_BENEFIT_REF"}),
        ("Claim no\tTenant\tLandlord", {"UK_HOUSING_BENEFIT_REF"}),
        ("Claim\tName\tInsurer", set()),
        ("Claim\tName\tVotes", set()),
    ],
)
def test_the_columns_beside_it_say_of_what_a_claim_is(
    header: str, entities: set[str], detect: Callable[..., Detection]
) -> None:
    """A claim is of housing benefit where people's numbers or their landlords stand beside it, else of anything."""
    text = header + "".join(f"\n3002771{n}\tx\ty" for n in range(4))
    table = Passage(part="2", place="", text=text, area=Area.ATTACHMENT, table=True)
    found = {f.entity for f in detect("x", extra=(table,)).findings}
    assert found - {"PERSON"} == entities


@pytest.mark.parametrize(
    ("header", "entities"),
    [
        ("Ref\tName\tDOB", {"UK_CASE_REF"}),
        ("Ref\tSvc user\tTel", set()),
        ("ref;\tService user\tPlacement", {"UK_CASE_REF"}),
        ("Our ref\tDefendant\tOffence", {"UK_CASE_REF"}),
        ("Ref\tSupplier\tClient", set()),
        ("Ref\tName\tGrade", set()),
        ("Ref\tOfficer\tProposal", set()),
    ],
)
def test_the_columns_beside_it_say_whether_a_reference_is_of_somebodys_case(
    header: str, entities: set[str], detect: Callable[..., Detection]
) -> None:
    text = header.replace(";", "") + "".join(f"\nD24/118{n}\tEdith Crowe\tx" for n in range(4))
    table = Passage(part="2", place="", text=text, area=Area.ATTACHMENT, table=True)
    found = {f.entity for f in detect("x", extra=(table,)).findings}
    assert found & {"UK_CASE_REF", "UK_COURT_CASE", "UK_CRIME_REF"} == entities
