"""Plain words for what an inspection says, for people who have never seen our names for it. Pure.

Everything is said in a language (`language.py`), English where none is named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from ..language import ENGLISH, Language
from ..model import Area, Attachment, Finding, Gap, GapReason, GapScope, Marking, MarkingKind

ENTITY_WORDS: dict[str, tuple[str, str]] = {
    "PERSON": ("a person’s name", "people’s names"),
    "UK_ADDRESS": ("a home or postal address", "home or postal addresses"),
    "UK_POSTCODE": ("a postcode", "postcodes"),
    "LOCATION": ("an address or place", "addresses or places"),
    "PHONE_NUMBER": ("a telephone number", "telephone numbers"),
    "EMAIL_ADDRESS": ("an e-mail address", "e-mail addresses"),
    "DATE_OF_BIRTH": ("a date of birth", "dates of birth"),
    "AGE": ("somebody’s age", "people’s ages"),
    "SOCIAL_HANDLE": ("a name in social media", "names in social media"),
    "IP_ADDRESS": ("an IP address", "IP addresses"),
    "UK_COUNCIL_TAX_REF": ("a council tax account number", "council tax account numbers"),
    "UK_HOUSING_BENEFIT_REF": ("a housing benefit reference", "housing benefit references"),
    "UK_RENT_REF": ("a rent account number", "rent account numbers"),
    "UK_PCN": ("a penalty charge notice number", "penalty charge notice numbers"),
    "UK_CASE_REF": ("a case reference", "case references"),
    "UK_BLUE_BADGE": ("a Blue Badge number", "Blue Badge numbers"),
    "UK_COURT_CASE": ("a court case number", "court case numbers"),
    "UK_CRIME_REF": ("a crime reference", "crime references"),
    "UK_PROFESSIONAL_REG": ("a professional’s registration number", "professionals’ registration numbers"),
    "UK_TV_LICENCE": ("a television licence number", "television licence numbers"),
    "DEVICE_ID": ("a device’s number", "devices’ numbers"),
    "UK_UPRN": ("a property reference number", "property reference numbers"),
    "UK_VEHICLE_REGISTRATION": ("a vehicle registration", "vehicle registrations"),
    "COUNCIL_REFERENCE": ("a reference in the council’s records", "references in the council’s records"),
    "UK_NHS": ("an NHS number", "NHS numbers"),
    "UK_NINO": ("a National Insurance number", "National Insurance numbers"),
    "UK_PASSPORT": ("a passport number", "passport numbers"),
    "UK_DRIVING_LICENCE": ("a driving licence number", "driving licence numbers"),
    "UK_UTR": ("a tax reference number", "tax reference numbers"),
    "UK_UPN": ("a pupil number", "pupil numbers"),
    "UK_ULN": ("a learner number", "learner numbers"),
    "UK_DBS": ("a DBS certificate number", "DBS certificate numbers"),
    "UK_HOME_OFFICE_REF": ("a Home Office reference", "Home Office references"),
    "US_SSN": ("a Social Security number", "Social Security numbers"),
    "UK_BANK_ACCOUNT": ("bank account details", "bank account details"),
    "IBAN_CODE": ("an international bank account number", "international bank account numbers"),
    "CREDIT_CARD": ("a payment card number", "payment card numbers"),
    "SPECIAL_CATEGORY": ("sensitive personal information", "pieces of sensitive personal information"),
    "CRIMINAL_OFFENCE": ("information about an offence", "pieces of information about offences"),
    "SAFEGUARDING": ("safeguarding information", "pieces of safeguarding information"),
    "CREDENTIAL": ("a password or key", "passwords or keys"),
}
"""One of it, several of it. Names are those of the public interface."""

GAP_WORDS: dict[GapReason, str] = {
    GapReason.ENCRYPTED: "{file} could not be read: it is encrypted or protected by a password",
    GapReason.TOO_LARGE: "{file} could not be read in full: it is too large",
    GapReason.TOO_DEEP: "{file} could not be read in full: files are packed too deeply inside one another",
    GapReason.UNSUPPORTED: "{file} could not be read: it is a kind of file that the check does not know",
    GapReason.CORRUPT: "{file} could not be read: it seems to be damaged",
    GapReason.AMBIGUOUS: "{file} could not be read safely: different programs would show it differently",
    GapReason.TIMED_OUT: "{file} could not be read in the time allowed",
}

MARKING_WORDS: dict[MarkingKind, str] = {
    MarkingKind.OFFICIAL_SENSITIVE: "the marking OFFICIAL-SENSITIVE",
    MarkingKind.SECRET: "the marking SECRET",
    MarkingKind.TOP_SECRET: "the marking TOP SECRET",
    MarkingKind.NOT_FOR_PUBLICATION: "the marking “not for publication”",
    MarkingKind.INTERNAL_COMMUNICATION: "a communication meant for inside the council",
    MarkingKind.EMBARGO: "an embargo",
    MarkingKind.PRESS_STATEMENT: "a statement to the press",
    MarkingKind.SECURE_REQUESTED: "your request to send it securely",
}

REASON_WORDS: dict[str, str] = {
    "wrong-recipient": "It was addressed to the wrong person or organisation.",
    "not-permitted": "The council may not share this information with this recipient.",
    "too-much": "It holds more personal information than the recipient needs.",
    "use-secure-route": "It must go by secure e-mail.",
    "unreadable": "A file in it could not be checked.",
    "withdrawn": "You withdrew it.",
    "other": "The reviewer decided that it must not be sent.",
}
"""Reason codes of a reviewer's rejection."""

REMOVAL_WORDS: dict[str, str] = {
    "signed": "It is signed: without an attachment the signature would not hold.",
    "encrypted": "It is encrypted: nobody can take a part out of it.",
    "S/MIME": "It is signed or encrypted by S/MIME: nobody can take a part out of it.",
    "rights-managed message": "It is under rights management: nobody can take a part out of it.",
    "report": "It is a report about another message, which programs read.",
    "ARC-sealed": "It is sealed by another server: without an attachment the seal would not hold.",
    "DKIM-signed": "Its DKIM signature would not hold, and the gateway does not sign for its author’s domain.",
    "ambiguous": "Its parts can be read in two ways, so nobody knows what would be left.",
    "no such part": "The attachment is not a part of the message itself.",
    "the whole message": "The attachment is the whole message.",
    "the message's own text": "It is the message’s own text.",
    "the edit would have changed other parts": "Something else would have changed with it.",
}
"""Why a part can't be taken away from a held message."""

_OTHER_ENTITY_WORDS = ("personal information ({name})", "pieces of personal information ({name})")

TOPIC_WORDS = (
    "addiction",
    "adult social care",
    "alleged offences",
    "child protection",
    "children in care",
    "criminal convictions",
    "criminal proceedings",
    "disability",
    "domestic abuse",
    "ethnic origin",
    "exploitation",
    "genetic or biometric data",
    "health",
    "mental health",
    "political opinion",
    "pregnancy or sexual health",
    "religion or belief",
    "sex life or orientation",
    "trade-union membership",
)
"""Topics of lexicons: what is shown of sensitive information in place of its text."""

PLACE_WORDS = {
    "page": "page {name}",
    "slide": "slide {name}",
    "sheet": "sheet {name}",
    "line": "line {name}",
    "table": "table {name}",
    "comment on": "comment on {name}",
}
_PLACE = re.compile(rf"({'|'.join(PLACE_WORDS)}) (.+)", re.DOTALL)
_HIDDEN = " (hidden)"

MAX_SHOWN = 100  # characters of a file name or place


def shown(text: str, limit: int = MAX_SHOWN) -> str:
    """Text that somebody else chose, made fit to stand in a line of ours: line ends become spaces,
    control and direction characters “�”, and it is cut at `limit` characters."""
    safe = "".join(c if c.isprintable() else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}" for c in text)
    return safe if len(safe) <= limit else safe[: limit - 1] + "…"


def left_words(left: timedelta, language: Language = ENGLISH) -> str:
    """“13 days”, “1 day”, “5 hours”, “less than an hour”."""
    hours = int(left.total_seconds() // 3600)
    if hours < 1:
        return language.say("less than an hour")
    if hours < 24:
        return language.several("{count} hour", "{count} hours", hours)
    return language.several("{count} day", "{count} days", hours // 24)


def first_and_more(names: Sequence[str], language: Language = ENGLISH) -> str:
    """“Example Trust and 2 more”: the first of the names, short enough for a subject; there is one at least."""
    name, others = shown(names[0], 60), len(names) - 1
    return language.several("{name} and {count} more", "{name} and {count} more", others, name=name) if others else name


def entity_words(entity: str, count: int = 1, language: Language = ENGLISH) -> str:
    """“an NHS number”, “3 NHS numbers”; an unknown entity is named by its own name in lower case."""
    words = ENTITY_WORDS.get(entity, _OTHER_ENTITY_WORDS)
    name = shown(entity.removeprefix("UK_").replace("_", " ").lower())
    if count == 1:
        return language.say(words[0], name=name)
    return language.say("{count} {things}", count=count, things=language.say(words[1], name=name))


def reason_words(code: str, language: Language = ENGLISH) -> str:
    """The sentence for a reviewer's reason code."""
    if code in REASON_WORDS:
        return language.say(REASON_WORDS[code])
    return shown(code.replace("-", " ").strip().capitalize()).rstrip(".") + "."


def removal_words(why: str, language: Language = ENGLISH) -> str:
    """The sentence for what `change` says of a part that can't be taken away; other texts as they are."""
    return language.say(REMOVAL_WORDS[why]) if why in REMOVAL_WORDS else shown(why, 500)


def found_words(
    findings: Sequence[Finding],
    gaps: Sequence[Gap],
    markings: Sequence[Marking],
    attachments: Sequence[Attachment],
    limit: int = 12,
    language: Language = ENGLISH,
) -> tuple[str, ...]:
    """What was seen and where, one line each: “an NHS number, page 2 of report.pdf”.

    Findings that are exempt are left out; equal values at one place count once; nothing of any value is
    shown. A file whose very name holds personal data is called by its number. More than `limit` lines
    end in “and n more”.
    """
    names = _file_names(findings, attachments)
    values: dict[tuple[str, str], set[str]] = {}
    for finding in findings:
        if finding.exempt is None:
            key = (finding.entity, _where(finding, names, language))
            values.setdefault(key, set()).add(finding.fingerprint)
    lines = [f"{entity_words(entity, len(prints), language)}, {where}" for (entity, where), prints in values.items()]
    lines += marking_words(markings, findings, attachments, language)
    lines += unread_words(gaps, findings, attachments, language)
    lines = list(dict.fromkeys(lines))
    if len(lines) > limit:
        lines = [*lines[: limit - 1], _and_more(len(lines) - limit + 1, language)]
    return tuple(lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One line of what was found: “an NHS number”, its masked form, “page 2 of report.pdf”."""

    what: str
    masked: str
    where: str


def found_masked(
    findings: Sequence[Finding], attachments: Sequence[Attachment], limit: int = 50, language: Language = ENGLISH
) -> tuple[Found, ...]:
    """What was found, each different value once at each place, for the author after signing in. Exempt findings are
    left out; of more than `limit` the last line says how many follow, without a place."""
    names = _file_names(findings, attachments)
    lines = [
        Found(what=entity_words(f.entity, 1, language), masked=_masked(f, language), where=_where(f, names, language))
        for f in {
            (f.entity, f.fingerprint, _where(f, names, language)): f for f in findings if f.exempt is None
        }.values()
    ]
    if len(lines) > limit:
        more = _and_more(len(lines) - limit + 1, language)
        lines = [*lines[: limit - 1], Found(what=more, masked="", where="")]
    return tuple(lines)


def unread_words(
    gaps: Sequence[Gap],
    findings: Sequence[Finding],
    attachments: Sequence[Attachment],
    language: Language = ENGLISH,
) -> tuple[str, ...]:
    """What could not be inspected, a sentence part each: “clients.zip could not be read: it is encrypted ...”."""
    names = _file_names(findings, attachments)

    def file(gap: Gap) -> str:
        return language.say("the message") if gap.scope is GapScope.MESSAGE else _file(gap.part, names, language)

    return tuple(dict.fromkeys(language.say(GAP_WORDS[gap.reason], file=file(gap)) for gap in gaps))


def marking_words(
    markings: Sequence[Marking],
    findings: Sequence[Finding],
    attachments: Sequence[Attachment],
    language: Language = ENGLISH,
) -> tuple[str, ...]:
    """Markings and where they stand: “the marking SECRET, in the subject”."""
    names = _file_names(findings, attachments)
    return tuple(
        dict.fromkeys(
            f"{language.say(MARKING_WORDS[m.kind])}, {_place_of(m.part, m.place, names, language)}" for m in markings
        )
    )


def _masked(finding: Finding, language: Language) -> str:
    words = shown(finding.masked)
    return language.say(words) if words in TOPIC_WORDS else words


def _and_more(count: int, language: Language) -> str:
    return language.say("and {count} more", count=count)


def _file_names(findings: Sequence[Finding], attachments: Sequence[Attachment]) -> dict[str, str]:
    """Names of files by part; one that itself holds personal data is left out."""
    telling = {finding.part for finding in findings if finding.area is Area.FILE_NAME}
    return {a.part: shown(a.filename) for a in attachments if a.filename and a.part not in telling}


def _where(finding: Finding, names: dict[str, str], language: Language) -> str:
    if finding.area is Area.SUBJECT:
        return language.say("in the subject")
    if finding.area is Area.HEADER:
        return language.say("in the header of the message")
    if finding.area is Area.BODY:
        return language.say("in the text of the message")
    if finding.area is Area.FILE_NAME:
        return language.say("in the name of a file")
    return _place_of(finding.part, finding.place, names, language)


def _place_of(part: str, place: str, names: dict[str, str], language: Language) -> str:
    if part == "HEADER":
        return language.say("in the subject" if place == "subject" else "in the header of the message")
    if part not in names and "/" not in part and not place:
        return part_words(part, language) if part else language.say("in the message")
    file = _file(part, names, language)
    return language.say("{place} of {file}", place=_place_words(place, language), file=file) if place else file


def _place_words(place: str, language: Language) -> str:
    """A place in a file, as readers of documents name it: “sheet Costs!B4”. What is not among the usual ones stays
    English."""
    text = shown(place)
    return text if language.code == "en" else ", ".join(_one_place(piece, language) for piece in text.split(", "))


def _one_place(text: str, language: Language) -> str:
    if (shown_part := text.removesuffix(_HIDDEN)) != text:
        return language.say("{place} (hidden)", place=_one_place(shown_part, language))
    match = _PLACE.fullmatch(text)
    return language.say(PLACE_WORDS[match[1]], name=match[2]) if match else text


def _file(part: str, names: dict[str, str], language: Language) -> str:
    """The sender's own name for a file; the container's where it lies in an archive."""
    if part in names:
        return names[part]
    container, slash, _member = part.partition("/")
    if slash:
        return language.say("a file in {file}", file=_file(container, names, language))
    return part_words(part, language) if part else language.say("the message")


def part_words(part: str, language: Language = ENGLISH) -> str:
    """“part 2 of the message”; what only other programs see has no number in ours."""
    if part.startswith("OTHER."):
        return language.say("the message as another mail program reads it")
    return language.say("part {part} of the message", part=shown(part))
