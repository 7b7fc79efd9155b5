from __future__ import annotations

import pytest

from dlp_gateway.detect.checks import CHECKS, national_number


@pytest.mark.parametrize(
    ("check", "good", "bad"),
    [
        ("nhs_mod_11", ["9434765919", "943 476 5919", "4010232137"], ["9434765918", "1111111111", "943476591"]),
        ("nino", ["AB123456C", "jg 10 37 59 a"], ["QQ123456C", "GB123456A", "AB123456E", "AB12345C"]),
        ("utr", ["1955839661"], ["2955839661", "195583966"]),
        ("upn", ["H801200001001"], ["A801200001001", "H80120000100"]),
        ("uln", ["1234567899", "4083726155"], ["1234567898", "0234567899"]),
        (
            "luhn",
            ["4111111111111111", "5500 0000 0000 0004", "378282246310005"],
            ["4111111111111112", "9111111111111111"],
        ),
        (
            "iban",
            ["GB29NWBK60161331926819", "DE89 3704 0044 0532 0130 00"],
            ["GB29NWBK60161331926818", "GB29NWBK6016133192681"],
        ),
        ("driving_licence", ["MORGA657054SM9IJ", "JONES710238HA9GU"], ["MORGA699054SM9IJ", "MORGA657994SM9IJ"]),
        ("vehicle_registration", ["AB12CDE", "YK70 ABC", "P123ABC"], ["AB99CDE", "AB01CDE"]),
        ("postcode", ["LS1 3AD", "SW1A1AA", "M1 1AE"], ["XX1 3AD", "LS1 3CK"]),
        (
            "phone",
            ["07700 900123", "+44 (0)113 496 0123", "0044 7700 900123", "01632 960001"],
            ["0300 123 4567", "0800 111 222", "12345678901"],
        ),
        (
            "date",
            ["12/03/1985", "3rd March 1962", "1985-03-12", "01.02.78"],
            ["45/13/1985", "12/13/1985", "12/03/1785"],
        ),
        ("sort_code_and_account", ["20-00-01 55779911"], ["20-00-01 5577991"]),
        (
            "secret_like",
            ["Summer2026!", "Tr0ub4dor&3", "hunter22"],
            ["required", "changed", "12345", "POLICY", "https://x.example"],
        ),
        ("chi", ["0101011237"], ["9901011237"]),
    ],
)
def test_a_check_tells_good_values_from_bad(check: str, good: list[str], bad: list[str]) -> None:
    assert [value for value in good if not CHECKS[check](value)] == []
    assert [value for value in bad if CHECKS[check](value)] == []


@pytest.mark.parametrize("check", sorted(CHECKS))
@pytest.mark.parametrize("text", ["", " ", "é", "٣٤٥", "x" * 5000, "9" * 5000, "-" * 50])
def test_no_text_breaks_a_check(check: str, text: str) -> None:
    CHECKS[check](text)


@pytest.mark.parametrize("text", ["0113 496 0123", "+44 113 496 0123", "+44 (0)113 496 0123", "0044 113 4960123"])
def test_all_forms_of_a_telephone_number_are_one(text: str) -> None:
    assert national_number(text) == "01134960123"
