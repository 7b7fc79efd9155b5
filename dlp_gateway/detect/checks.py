"""Check digits and format rules of identifiers, by the name that a recogniser file gives as `validator`.

Every check takes the text as it was matched (separators included) and says whether the value can be
one of its kind. A passed check is never certainty: one in eleven of all ten-digit numbers is a valid
NHS number.
"""

from __future__ import annotations

import re
from collections.abc import Callable

Check = Callable[[str], bool]

# Lengths by country: ISO 13616 register, the countries that council mail meets.
_IBAN_LENGTHS = {
    "AE": 23, "AL": 28, "AT": 20, "BE": 16, "BG": 22, "CH": 21, "CY": 28, "CZ": 24, "DE": 22, "DK": 18,
    "EE": 20, "ES": 24, "FI": 18, "FR": 27, "GB": 22, "GG": 22, "GI": 23, "GR": 27, "HR": 21, "HU": 28,
    "IE": 22, "IM": 22, "IS": 26, "IT": 27, "JE": 22, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "MT": 31,
    "NL": 18, "NO": 15, "PK": 24, "PL": 28, "PT": 25, "QA": 29, "RO": 24, "SA": 24, "SE": 24, "SI": 19,
    "SK": 24, "TR": 26, "UA": 29,
}  # fmt: skip

# Postcode areas: the letters before the first digit (Royal Mail, PAF Programmers' Guide).
_POSTCODE_AREAS = frozenset(
    """AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX
    FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN
    NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB
    W WA WC WD WF WN WR WS WV YO ZE""".split()  # noqa: SIM905 - a word a line would be no easier to read
)

_CARD_PREFIXES = ("34", "37", "35", "30", "36", "38", "39", "4", "51", "52", "53", "54", "55", "2", "50", "56", "57",
                  "58", "6")  # fmt: skip
_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"  # mod 23, without I, O, S (DfE, UPN guide)
_NOT_NINO_PREFIXES = frozenset({"BG", "GB", "NK", "KN", "NT", "TN", "ZZ"})  # HMRC, NIM39110


_NO_DIGITS = re.compile(r"[^0-9]+")
_SEPARATORS = re.compile(r"[\W_]+")


def digits_of(text: str) -> str:
    """The ASCII digits of a text."""
    return _NO_DIGITS.sub("", text)


def letters_and_digits(text: str) -> str:
    """The letters and digits of a text, upper case."""
    return _SEPARATORS.sub("", text).upper()


def nhs_mod_11(text: str) -> bool:
    """NHS number (NHS Data Dictionary, NHS NUMBER): ten digits, modulus 11, not all the same."""
    digits = digits_of(text)
    if len(digits) != 10 or len(set(digits)) < 3:
        return False
    check = 11 - sum(int(d) * w for d, w in zip(digits, range(10, 1, -1), strict=False)) % 11
    return check != 10 and check % 11 == int(digits[9])


def chi(text: str) -> bool:
    """Community Health Index number of Scotland: a birth date DDMMYY, then the NHS check digit."""
    digits = digits_of(text)
    return nhs_mod_11(digits) and 1 <= int(digits[:2]) <= 31 and 1 <= int(digits[2:4]) <= 12


def nino(text: str) -> bool:
    """National Insurance number: allowed prefix, six digits, suffix A to D (HMRC, NIM39110)."""
    value = letters_and_digits(text)
    return (
        len(value) == 9
        and value[:2] not in _NOT_NINO_PREFIXES
        and value[0] not in "DFIQUV"
        and value[1] not in "DFIOQUV"
        and value[2:8].isdigit()
        and value[8] in "ABCD"
    )


def utr(text: str) -> bool:
    """Unique Taxpayer Reference: the first of ten digits checks the other nine (modulus 11)."""
    digits = digits_of(text)
    if len(digits) != 10:
        return False
    total = sum(int(d) * w for d, w in zip(digits[1:], (6, 7, 8, 9, 10, 5, 4, 3, 2), strict=True))
    return "21987654321"[total % 11] == digits[0]


def upn(text: str) -> bool:
    """Unique Pupil Number: a check letter, then twelve digits, the last of which is a letter in a temporary one."""
    value = letters_and_digits(text)
    if len(value) != 13 or not value[1:12].isdigit() or value[12] not in "0123456789" + _UPN_LETTERS:
        return False
    last = int(value[12]) if value[12].isdigit() else _UPN_LETTERS.index(value[12])
    total = sum(int(d) * w for d, w in zip(value[1:12], range(2, 13), strict=True)) + last * 13
    return _UPN_LETTERS[total % 23] == value[0]


def uln(text: str) -> bool:
    """Unique Learner Number: ten digits, modulus 11 with weights 10 to 2 (Learning Records Service)."""
    digits = digits_of(text)
    if len(digits) != 10 or digits[0] == "0":
        return False
    remainder = sum(int(d) * w for d, w in zip(digits, range(10, 1, -1), strict=False)) % 11
    return remainder != 0 and 10 - remainder == int(digits[9])


def luhn(text: str) -> bool:
    """Payment card: 13 to 19 digits, a known prefix, Luhn's check digit (ISO/IEC 7812-1)."""
    digits = digits_of(text)
    if not 13 <= len(digits) <= 19 or len(set(digits)) < 2 or not digits.startswith(_CARD_PREFIXES):
        return False
    odd = [int(d) for d in digits[-1::-2]]
    even = [int(d) * 2 for d in digits[-2::-2]]
    return (sum(odd) + sum(d - 9 if d > 9 else d for d in even)) % 10 == 0


def iban(text: str) -> bool:
    """IBAN: length by country and remainder 1 of modulus 97 (ISO 13616)."""
    value = letters_and_digits(text)
    if not value.isascii() or _IBAN_LENGTHS.get(value[:2]) != len(value):
        return False
    return int("".join(str(int(c, 36)) for c in value[4:] + value[:4])) % 97 == 1


def driving_licence(text: str) -> bool:
    """Driver number of Great Britain: month (plus 50 for women) and day of birth must exist (DVLA)."""
    value = letters_and_digits(text)
    if len(value) not in (16, 18) or not value[5:11].isdigit() or value[0] == "9":
        return False
    month, day = int(value[6:8]) % 50, int(value[8:10])
    return int(value[6:8]) < 63 and 1 <= month <= 12 and 1 <= day <= 31


def vehicle_registration(text: str) -> bool:
    """Registration mark since 2001: age identifier 02 to 29 or 51 to 79, no letter I or Q in the first two."""
    value = letters_and_digits(text)
    if len(value) != 7 or not value[2:4].isdigit():
        return True  # older forms have no such rule
    age = int(value[2:4])
    return 2 <= age <= 29 or 51 <= age <= 79


def postcode(text: str) -> bool:
    """Postcode of an existing area; the last two letters are never C, I, K, M, O or V."""
    value = letters_and_digits(text)
    area = value[: 1 + value[1:2].isalpha()]
    return 5 <= len(value) <= 7 and area in _POSTCODE_AREAS and not set(value[-2:]) & set("CIKMOV")


def phone(text: str) -> bool:
    """Telephone number of a person's line in the UK: geographic (01, 02), mobile or personal (07);
    0300, 0800 and the like belong to organisations (Ofcom, National Telephone Numbering Plan)."""
    digits = national_number(text)
    return (
        len(digits) in (10, 11)
        and digits[:2] in ("01", "02", "07")
        and len(set(digits)) > 2
        and (len(digits) == 11 or digits.startswith("01"))
    )


def national_number(text: str) -> str:
    """A telephone number's digits in national form: +44 (0)113 and 0044113 become 0113."""
    digits = digits_of(text)
    for prefix in ("00440", "0044", "440", "44"):
        if (
            digits.startswith(prefix)
            and len(digits) - len(prefix) in (9, 10)
            and not (prefix == "44" and len(digits) < 11)
        ):
            return "0" + digits[len(prefix) :]
    return digits


def date(text: str) -> bool:
    """A date of a person's life: day and month exist and the year, where it has four digits, is 1900 to 2029."""
    if len(text) > _LONGEST_DATE:
        return False
    value = text.lower()
    numbers = [int(n) for n in "".join(c if "0" <= c <= "9" else " " for c in value).split()]
    if any(c.isalpha() and value[i : i + 3] in _MONTHS for i, c in enumerate(value)):
        return bool(numbers) and 1 <= numbers[0] <= 31 and _year(numbers[-1])
    if len(numbers) != 3:
        return False
    if numbers[0] > 31:
        numbers.reverse()
    return 1 <= numbers[0] <= 31 and 1 <= numbers[1] <= 12 and _year(numbers[2])


_LONGEST_DATE = 40
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _year(number: int) -> bool:
    return number < 100 or 1900 <= number <= 2029


def sort_code_and_account(text: str) -> bool:
    """A sort code of six digits and an account number of eight, in any order."""
    digits = digits_of(text)
    return len(digits) == 14 and len(set(digits)) > 2


def secret_like(text: str) -> bool:
    """A password as people write one: six characters or more, not an ordinary word."""
    value = text.strip("\"'“”‘’.,;()<>")
    if len(value) < 6 or value.lower().startswith(("http", "www.")):
        return False
    kinds = (any(c.isdigit() for c in value), any(c.isupper() for c in value[1:]), any(c.islower() for c in value),
             any(not c.isalnum() for c in value))  # fmt: skip
    return sum(kinds) >= 2 and (kinds[0] or kinds[3] or not value.isalpha() or kinds[1]) and not value.isupper()


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        nhs_mod_11, chi, nino, utr, upn, uln, luhn, iban, driving_licence, vehicle_registration, postcode, phone, date,
        sort_code_and_account, secret_like,
    )
}  # fmt: skip
"""What `validator` of a recogniser file may say."""
