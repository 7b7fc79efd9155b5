"""Check digits and format rules of identifiers, by the name that a recogniser file gives as `validator`.

Every check takes the text as it was matched (separators included) and says whether the value can be
one of its kind. A passed check is never certainty: one in eleven of all ten-digit numbers is a valid
NHS number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from .banking import sort_code, sort_code_and_account, sort_code_no_date
from .cards import luhn
from .characters import digits_of, letters_and_digits
from .contact import email_address, national_number, phone, phone_abroad, phone_labelled, postcode, social_handle
from .devices import imei, ip_address, ip_address_alone, mac_address
from .health import chi, health_and_care, nhs_mod_11
from .iban import iban
from .people import age, date, year_of_birth
from .references import badge, reference, registration
from .secrets import pin, secret_like, secret_word
from .state import driving_licence, nino, nino_without_suffix, share_code, us_ssn, utr
from .students import uln, upn
from .vehicles import vehicle_registration, vehicle_registration_loose

__all__ = ["CHECKS", "LOOSE", "Check", "digits_of", "letters_and_digits", "national_number"]

Check = Callable[[str], bool]

CHECKS: Mapping[str, Check] = {
    check.__name__: check
    for check in (
        age, badge, chi, date, driving_licence, email_address, health_and_care, iban, imei, ip_address,
        ip_address_alone, luhn, mac_address, nhs_mod_11, nino, nino_without_suffix, phone, phone_abroad,
        phone_labelled, pin, postcode, reference, registration, secret_like, secret_word, share_code,
        social_handle, sort_code, sort_code_and_account, sort_code_no_date, uln, upn, us_ssn, utr,
        vehicle_registration, vehicle_registration_loose, year_of_birth,
    )
}  # fmt: skip
"""What `validator` of a recogniser file may say."""

LOOSE = frozenset(
    {
        "age", "badge", "date", "nino_without_suffix", "phone_abroad", "phone_labelled", "pin", "reference",
        "registration", "secret_like", "secret_word", "share_code", "social_handle", "sort_code",
        "vehicle_registration_loose", "year_of_birth",
    }
)  # fmt: skip
"""Validators that only say what a value can't be: many a number passes them."""
