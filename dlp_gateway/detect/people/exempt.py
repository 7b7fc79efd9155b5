"""What is not personal data to protect: the author's own details, colleagues', the council's."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Mapping

import re2

from ...model import Area, Category, Controls, Exemption, Question
from ..checks import digits_of, letters_and_digits, national_number
from ..found import Found
from ..layout import Signature
from ..records.normal_forms import fold
from .addresses import Identity, identity, is_named_by, matches_pattern, words_of_name

_LIGHT = frozenset({Category.NAME, Category.CONTACT})
_SORT_CODE, _NUMBER = r"(?P<sort_code>\d\d[ -]?\d\d[ -]?\d\d)", r"(?P<number>\d{4}[ -]?\d{4})"
_SORT_CODE_FIRST = re.compile(rf"\s*{_SORT_CODE}[\s,;/]+{_NUMBER}\s*")
_NUMBER_FIRST = re.compile(rf"\s*{_NUMBER}[\s,;/]+{_SORT_CODE}\s*")
_MOST_IN_SIGNATURE = 6  # of one entity; a longer list below "Regards" is no signature
_MEETING = re2.compile(
    r"(?i)join (?:the |on your |zoom |microsoft )?(?:meeting|computer|by phone|webinar)|meeting id|dial[- ]in|"
    r"conference id|"
    r"phone conference id|one tap mobile|teams\.microsoft\.com|zoom\.us/j"
)
_MEETING_WINDOW = 300
_JOB = re.compile(
    r"\b(?:Officer|Manager|Director|Worker|Head of|Leader|Advis[eo]r|Assistant|Administrator|Co-?ordinator|Consultant|"
    r"Engineer|Surveyor|Planner|Inspector|Solicitor|Headteacher|Teacher|Nurse|Practitioner|Analyst|Technician|Clerk|"
    r"Executive|Specialist|Therapist|Lawyer|Paralegal|Accountant|Supervisor|Secretary|Partner|SENCO|Warden|"
    r"Psychologist|Architect|Registrar|Sergeant|Constable|Midwife|Health Visitor|Receptionist)\b"
)
_AT_DOMAIN = re.compile(r"(?:@|\bwww\.)(?P<domain>[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,6})")
_PRIVATE_MAILBOXES = frozenset(
    """gmail.com googlemail.com hotmail.com hotmail.co.uk outlook.com live.com live.co.uk msn.com yahoo.com yahoo.co.uk
    ymail.com icloud.com me.com mac.com aol.com aol.co.uk btinternet.com btopenworld.com sky.com talktalk.net
    virginmedia.com ntlworld.com blueyonder.co.uk tiscali.co.uk protonmail.com proton.me pm.me gmx.com gmx.co.uk
    mail.com zoho.com yandex.com mail.ru wp.pl o2.pl onet.pl interia.pl plus.net plusnet.com""".split()  # noqa: SIM905
)
_CALENDAR_HEAD = 200


class Exempter:
    """Marks findings for one message."""

    def __init__(
        self,
        question: Question,
        controls: Controls,
        display_names: Mapping[str, str],
        alike: Callable[[str, str], bool] = operator.eq,
    ) -> None:
        self._alike = alike
        author = (controls.author or "").lower()
        self.author: Identity | None = identity(author, display_names.get(author, "")) if author else None
        self._own_domains = question.own_domains
        self._points = frozenset(_point(p) for p in question.own_contact_points)
        self._accounts = frozenset(form for p in question.own_contact_points for form in _accounts(p))
        own = {a for a in display_names if matches_pattern(a, question.own_domains)} | {
            a for a in controls.visible_recipients if matches_pattern(a, question.own_domains)
        }
        others = [identity(a.lower(), display_names.get(a.lower(), "")) for a in question.recipients]
        self._namesakes = {fold(word) for who in others for word in who.words}  # who a surname alone may mean as well
        self._known = {author}  # addresses
        self._colleagues: dict[str, list[Identity]] = {}  # by each word of their names, those who are clearly named
        for address in sorted(own):
            self._add_colleague(address, display_names.get(address, ""))

    def mark(self, found: list[Found]) -> None:
        """Set `exempt` of those that are not to be counted."""
        self._note_colleagues(found)
        self._note_namesakes(found)
        crowded = _crowded(found)
        for item in found:
            if item.exempt is None and item.category in _LIGHT:
                item.exempt = self._reason(item, crowded)
            elif item.exempt is None and self._is_own_account(item):
                item.exempt = Exemption.COUNCIL

    def is_author(self, name: str) -> bool:
        """Whether a name is the author's."""
        return self.author is not None and is_named_by(words_of_name(name), self.author, alike=self._alike)

    def _note_colleagues(self, found: Iterable[Found]) -> None:
        for item in found:
            if item.entity == "EMAIL_ADDRESS" and self._is_own(item.value):
                self._add_colleague(item.value.lower())

    def _note_namesakes(self, found: Iterable[Found]) -> None:
        for item in found:
            words = words_of_name(item.value) if item.entity == "PERSON" and not item.title else ()
            if len(words) > 1 and not self.is_author(item.value):
                self._namesakes.add(fold(words[-1]))

    def _is_author_named(self, item: Found, words: tuple[str, ...]) -> bool:
        if self.author is None:
            return False
        formal = bool(item.title) and len(words) == 1
        # "Dear Miss Adeyemi" is never the author, nor is a surname that others in the mail share.
        if formal and (item.greeting or fold(words[0]) in self._namesakes):
            return False
        return is_named_by(words, self.author, surname_only=formal, alike=self._alike)

    def _add_colleague(self, address: str, display_name: str = "") -> None:
        if address in self._known:
            return
        self._known.add(address)
        who = identity(address, display_name)
        if who.clear:
            for word in who.words:
                self._colleagues.setdefault(fold(word), []).append(who)

    def _is_colleague(self, words: tuple[str, ...]) -> bool:
        """Whether a name of two words or more is a colleague's: all who could be share its surname."""
        return len(words) > 1 and any(
            is_named_by(words, colleague, alike=self._alike) for colleague in self._colleagues.get(fold(words[-1]), ())
        )

    def _is_own(self, address: str) -> bool:
        return matches_pattern(address, self._own_domains)

    def _reason(self, item: Found, crowded: frozenset[tuple[int, int, str]]) -> Exemption | None:
        if self._points and item.entity != "PERSON" and _point(item.value) in self._points:
            return Exemption.COUNCIL
        if item.entity == "EMAIL_ADDRESS":
            if self.author is not None and item.value.lower() == self.author.address:
                return Exemption.AUTHOR
            if self._is_own(item.value):
                return Exemption.COLLEAGUE
        if item.entity == "PERSON":
            words = words_of_name(item.value)
            if self._is_author_named(item, words):
                return Exemption.AUTHOR
            if self._is_colleague(words):
                return Exemption.COLLEAGUE
        signature = item.reading.layout.signature_at(item.at)
        if signature is not None and (item.reading.index, signature.start, item.entity) not in crowded:
            if signature.own:
                return Exemption.AUTHOR
            if self._is_council_block(item, signature.start, signature.end) or _is_business_block(item, signature):
                return Exemption.COLLEAGUE
        if _is_attendee(item) or (item.entity == "PHONE_NUMBER" and _in_invitation(item)):
            return Exemption.INVITATION
        return None

    def _is_own_account(self, item: Found) -> bool:
        """Whether an account is one into which the council is paid: it stands on every bill."""
        if item.entity == "UK_BANK_ACCOUNT":
            return digits_of(item.value) in self._accounts
        return item.entity == "IBAN_CODE" and _point(item.value) in self._points

    def _is_council_block(self, item: Found, start: int, end: int) -> bool:
        text = item.reading.canonical.text[start:end].lower()
        domains = [d.removeprefix("*.") for d in self._own_domains if "@" not in d]
        return any(f"@{d}" in text or f".{d}" in text for d in domains)


def _is_business_block(item: Found, signature: Signature) -> bool:
    """Whether a signature is that of somebody at work: a job, and an address or page that is no private mailbox."""
    text = item.reading.canonical.text[signature.start : signature.end]
    quote = item.reading.layout.quote_at(signature.start)
    text = f"{text} {quote.address}" if quote is not None else text
    if _JOB.search(text) is None:
        return False
    domains = [m["domain"].lower() for m in _AT_DOMAIN.finditer(text)]
    return any(d.removeprefix("www.") not in _PRIVATE_MAILBOXES for d in domains)


def _crowded(found: Iterable[Found]) -> frozenset[tuple[int, int, str]]:
    """Signatures with more findings of an entity than a signature has."""
    counts: dict[tuple[int, int, str], int] = {}
    for item in found:
        signature = item.reading.layout.signature_at(item.at)
        if signature is not None:
            key = (item.reading.index, signature.start, item.entity)
            counts[key] = counts.get(key, 0) + 1
    return frozenset(key for key, count in counts.items() if count > _MOST_IN_SIGNATURE)


def _is_attendee(item: Found) -> bool:
    """Whether a name or address stands in the organiser's or an attendee's line of a calendar (RFC 5545, 3.8.4)."""
    text = item.reading.canonical.text
    if "BEGIN:VCALENDAR" not in text[:_CALENDAR_HEAD]:
        return False
    line = text[text.rfind("\n", 0, item.at) + 1 : item.at]
    return line.upper().startswith(("ORGANIZER", "ATTENDEE"))


def _in_invitation(item: Found) -> bool:
    if item.area is Area.ATTACHMENT or item.row is not None:
        return False
    text = item.reading.canonical.text
    return _MEETING.search(text[max(0, item.at - _MEETING_WINDOW) : item.until + 80]) is not None


def _point(value: str) -> str:
    """A contact point in the form in which two spellings are the same."""
    if "@" in value:
        return value.strip().lower()
    number = national_number(value)
    return number if len(number) >= 9 and not any(c.isalpha() for c in value) else letters_and_digits(value)


def _accounts(point: str) -> tuple[str, ...]:
    """The digits of what may be found of a bank account that a council publishes: sort code, number, both in any order;
    none where it is no bank account."""
    pair = _SORT_CODE_FIRST.fullmatch(point) or _NUMBER_FIRST.fullmatch(point)
    if pair is None:
        return ()
    sort_code, number = digits_of(pair["sort_code"]), digits_of(pair["number"])
    return (sort_code, number, sort_code + number, number + sort_code)
