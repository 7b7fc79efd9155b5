"""Ways to reach somebody: postcodes, telephone numbers, names in social media."""

from __future__ import annotations

import re

from .characters import digits_of, letters_and_digits

# Postcode areas: the letters before the first digit (Royal Mail, PAF Programmers' Guide).
_POSTCODE_AREAS = frozenset(
    """AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX
    FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN
    NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB
    W WA WC WD WF WN WR WS WV YO ZE""".split()  # noqa: SIM905 - a word a line would be no easier to read
)
_EXTENSION = re.compile(r"[x#]|ext", re.IGNORECASE)
_DATE = re.compile(r"[0-3]?\d([./\- ])[01]?\d\1(?:19|20)?\d\d|(?:19|20)\d\d-\d\d-\d\d")
# Names in social media of those who are no person, and parts of web addresses that are no name.
_NO_HANDLE = re.compile(
    r"council|borough|county|gov|police|nhs|bbc|news|library|libraries|museum|leisure|official|official$|^share|^sharer|"
    r"^groups?$|^pages?$|^events?$|^hashtag|^watch$|^reel|^stor(?:y|ies)$|^posts?$|^photos?$|^p$|^search|^home$|^login|"
    r"^help$|^company$|^school$|^jobs$|^feed$|^intent|^explore|^user$|^channel$|^profile(?:\.php)?$|^status$|^media$|"
    r"^(?:gmail|hotmail|outlook|yahoo|icloud|everyone|all|channel|here|team|mention|import|param|return|charset)(?:\.|$)",
    re.IGNORECASE,
)


def email_address(text: str) -> bool:
    """An e-mail address; no page of the web ("is at www.council.example")."""
    return not text.rpartition("@")[2].lower().startswith("www.")


def postcode(text: str) -> bool:
    """Postcode of an existing area; the last two letters are never C, I, K, M, O or V."""
    value = letters_and_digits(text)
    if value == "GIR0AA":
        return True
    area = value[: 1 + value[1:2].isalpha()]
    return 5 <= len(value) <= 7 and area in _POSTCODE_AREAS and not set(value[-2:]) & set("CIKMOV")


def phone(text: str) -> bool:
    """Telephone number of a person's line in the UK: geographic (01, 02), mobile or personal (07);
    0300, 0800 and the like belong to organisations (Ofcom, National Telephone Numbering Plan)."""
    digits = national_number(_without_extension(text))
    if len(digits) == 10 and digits[0] in "17":
        digits = "0" + digits  # as a spreadsheet leaves it
    if len(set(digits)) < 3 or digits[:2] not in ("01", "02", "07"):
        return False
    if digits[:2] == "01":
        return len(digits) in (10, 11) and digits[2] != "0"
    return len(digits) == 11 and digits[2] in ("03489" if digits[1] == "2" else "03456789")


def phone_abroad(text: str) -> bool:
    """Telephone number with the code of another country: 8 to 15 digits (ITU-T E.164)."""
    digits = digits_of(_without_extension(text))
    is_full = digits.startswith("00") or "+" in text
    digits = digits.removeprefix("00")
    if is_full and digits.startswith("1") and len(digits) != 11:
        return False
    return 8 <= len(digits) <= 15 and not digits.startswith(("44", "0")) and len(set(digits)) > 2


def phone_labelled(text: str) -> bool:
    """What a label calls a telephone number: 6 to 13 digits, no date, no number of an organisation (03, 08, 09)."""
    digits = digits_of(_without_extension(text))
    is_organisations = digits.startswith(("03", "08", "09")) and len(digits) >= 10
    return 6 <= len(digits) <= 13 and len(set(digits)) > 2 and not is_organisations and _DATE.fullmatch(text) is None


def _without_extension(text: str) -> str:
    extension = _EXTENSION.search(text)
    return text[: extension.start()] if extension is not None else text


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


def social_handle(text: str) -> bool:
    """A name in social media that may be a person's: no council's, no page's."""
    value = text.strip("@./ ")
    return 3 <= len(value) <= 40 and not value.isdigit() and _NO_HANDLE.search(value) is None
