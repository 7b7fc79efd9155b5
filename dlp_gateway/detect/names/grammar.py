"""Where the grammar of a mail puts a name, whatever the name is: after titles, roles, labels, in greetings, below
sign-offs, in lists of people. The patterns run on RE2 and end where the name begins; what stands there is judged by
others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import re2

from .match import NameKind

TITLES = (
    r"Mr|Mrs|Miss|Ms|Mx|Messrs|Master|Dr|Doctor|Rev|Revd|Reverend|Prof|Professor|Sir|Dame|Lord|Lady|Baroness|Imam|Rabbi|"
    r"Canon|Fr|Sgt|Sergeant|PCSO|DCI|PC|DC|DS|DI|Insp|Inspector|Sheikh|Hajji|Haji|Nurse|Sister|HHJ|"
    r"MR|MRS|MISS|MS|MX|DR|PROF|REV|SIR"
)
COUNCILLORS = r"Cllrs?|Councillors?|Alderman|Mayor|CLLR|COUNCILLOR|MP for [A-Z][a-z]+,|MSP|AM"
_TITLE = rf"(?:{TITLES})\.?"
_RELATION = (
    r"girls|boys|daughter|daughters|son|sons|mother|father|wife|husband|ex-husband|ex-wife|partner|ex-partner|brother|brothers|"
    r"sister|sisters|mum|dad|mam|uncle|aunt|auntie|nan|grandmother|grandfather|grandson|granddaughter|niece|nephew|"
    r"cousin|stepfather|stepmother|stepson|stepdaughter|child|children|twins|baby|boy|girl|sibling|siblings|neighbour|"
    r"neighbours|landlord|landlady|tenant|tenants|client|patient|resident|complainant|applicant|claimant|appellant|"
    r"defendant|witness|perpetrator|victim|carer|foster carer|foster carers|service user|pupil|student|lodger|"
    r"colleague|boyfriend|girlfriend|fiance|fiancé|fiancee|friend|deceased|customer|householder|occupier|"
    r"social worker|support worker|key worker|keyworker|health visitor|caseworker|case worker|interpreter|IRO|IDVA"
)
_LABELS = (
    r"(?:full |first |last |family |given |preferred |child'?s |patient'?s |client'?s |tenant'?s |parent'?s |pupil'?s |"
    r"applicant'?s |customer'?s |contact |your |my |legal |birth |maiden |previous |other )*names?"
    r"(?: of (?:the )?(?:child|patient|client|tenant|pupil|applicant|claimant|resident|parent|young person))?|"
    r"surname|forenames?|client|tenants?|patient|resident|claimant|applicant|child|children|yp|young person|pupil|"
    r"student|service user|customer|mother|father|parents?|parent/carer|carer|siblings?|partner|spouse|next of kin|nok|"
    r"complainant|employee|staff member|line manager|account holder|named person|subject|re|caller|contact|reporter|"
    r"referrer|referred by|reported by|allocated to|allocated worker|worker|social worker|officer|case officer|"
    r"author|prepared by|completed by|signed|witness|deceased|payee|passenger|driver|keeper|owner|landlord|defendant|"
    r"respondent|appellant|cc|attn|fao|for the attention of"
)
_LIST_LABELS = (
    r"present|in attendance|attendees|attending|apologies|apologies from|invited|invitees|attended|members present|"
    r"also present|participants|panel|panel members|distribution|circulation|household|household members|occupants|"
    r"children|siblings|names|team|absent|required|optional|cc|to|from|bcc|sent by|sent on behalf of|organi[sz]er|"
    r"required attendees|optional attendees"
)

_PUBLIC = re2.compile(rf"\b(?P<title>{COUNCILLORS})\.?[ ]+(?:{_TITLE}[ ]+)?")
_TITLED = re2.compile(rf"\b(?P<title>{_TITLE}(?:[ ]*(?:&|and|\+|/)[ ]*{_TITLE})?)(?:[ ]\d{{2,6}})?(?:[ ]+|[ ]?\n[ ]?)")
_CALLED = re2.compile(
    rf"(?i)\b(?:name is|name's|names are|names? was|who is called|is called|was called|known as|named|"
    rf"{_RELATION}|spoke (?:to|with)|spoken (?:to|with)|speak (?:to|with)|chat with|chatted with|met with|visited|"
    rf"assessed|interviewed|phoned|rang|telephoned|emailed|texted)"
    rf"(?:,| is| was| called| named| is called|,? who is|:)?[ ]+(?:{_TITLE}[ ]+)?"
)
_LABELLED = re2.compile(rf"(?mi)(?:^|[\s(;,|>*\[])(?:{_LABELS})(?:\(s\))?[ \t*]*(?:[:=]|[ ]-)[ \t*]*(?:{_TITLE}[ ]+)?")
_BEFORE_ADDRESS = re2.compile(
    r"[\"']?(?:[ ]\([^()\n]{1,40}\))?[ ]{0,2}(?:<|\[|\()(?:mailto:|smtp:)?[^\s<>\[\]()@]{1,64}@"
)
_BEFORE_WROTE = re2.compile(r"[ ]?(?:<[^>\n]{3,80}>|\[[^\]\n]{3,80}\]|\([^)\n]{3,80}\))?\s{0,2}wrote:")
_JOB = re2.compile(
    r"(?m)(?P<before>\n[ \t>*]*|[ ]*[|,/][ ]*|[ ]-[ ])(?:[\p{L}&,'()/\-]+[ ]){0,6}"
    r"(?:Officer|Manager|Director|Worker|Head of|"
    r"Leader|Advisor|Adviser|Assistant|Administrator|Coordinator|Co-ordinator|Consultant|Engineer|Surveyor|Planner|"
    r"Inspector|Solicitor|Teacher|Headteacher|Nurse|Practitioner|Analyst|Technician|Apprentice|Clerk|Executive|"
    r"Specialist|Therapist|Lawyer|Paralegal|Accountant|Supervisor|Secretary|Lead|SENCO|SENCo|Warden|Caseworker|"
    r"Psychologist|Architect|Chair|Trustee|Lecturer|Professor|Registrar)\b"
)
_GREETING = re2.compile(
    r"(?mi)^[ \t>*\"]*(?P<word>dear|hi|hello|hiya|hey|morning|afternoon|evening|good (?:morning|afternoon|evening)|"
    r"to|fao|thanks|thank you|thx|cheers|many thanks|ta)(?: again| there)?[ ,\-]+(?P<rest>[^\n]{2,90})"
)
_THANKS = frozenset({"thanks", "thank you", "cheers", "many thanks", "ta", "to", "fao", "thx"})
_SIGN_OFF = re2.compile(
    r"(?mi)^[ \t>]*(?:(?:(?:with )?(?:very )?(?:kind(?:est)?|best|warm(?:est)?|many|with)[ ]+)?"
    r"(?:regards|thanks|wishes)|cheers|"
    r"sincerely|faithfully|yours(?: (?:sincerely|faithfully|truly|ever))?|thank you|best|ta|kr|br|rgds|speak soon|"
    r"take care|all the best|many thanks(?: and|,) (?:kind|best) regards|love|lots of love|thx|--)"
    r"[ \t]*[,.!]*[ \t]*(?P<rest>\n(?:[ \t>]*\n){0,3}[^\n]{2,90}|\p{Lu}[^\n]{1,60})"
)
_LIST = re2.compile(rf"(?mi)^[ \t>*]*(?P<label>{_LIST_LABELS})\*{{0,2}}[ \t]*:\*{{0,2}}[ \t]*(?P<rest>[^\n]{{0,600}})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the grammar expects a name to begin (`at`), or to end where `before` is true. `rank` is how sure it is."""

    kind: NameKind
    at: int
    rank: float
    title: str = ""
    public: bool = False
    unknown: bool = False  # a name even where no list knows a word of it
    before: bool = False
    several: bool = False  # further names may follow: ", X and Y"


def titled(text: str) -> Iterator[Place]:
    """Names with a title or in a public role: cheap, for when names alone can't matter."""
    for match in _PUBLIC.finditer(text):
        several = match["title"].rstrip(".").endswith("s")
        yield Place(
            kind=NameKind.PUBLIC,
            at=match.end(),
            rank=0.9,
            title=match["title"],
            public=True,
            unknown=True,
            several=several,
        )
    for match in _TITLED.finditer(text):
        several = match["title"] == "Messrs"
        yield Place(kind=NameKind.TITLED, at=match.end(), rank=0.9, title=match["title"], unknown=True, several=several)


def placed(text: str) -> Iterator[Place]:
    """Names that stand where names stand, titles apart."""
    for match in _CALLED.finditer(text):
        yield Place(kind=NameKind.CALLED, at=match.end(), rank=0.7, unknown=True, several=True)
    for match in _LABELLED.finditer(text):
        yield Place(kind=NameKind.LABELLED, at=match.end(), rank=0.85, unknown=True, several=True)
    for match in _BEFORE_ADDRESS.finditer(text):
        yield Place(kind=NameKind.LISTED, at=match.start(), rank=0.8, unknown=True, before=True)
    for match in _BEFORE_WROTE.finditer(text):
        yield Place(kind=NameKind.LISTED, at=match.start(), rank=0.85, unknown=True, before=True)
    for match in _JOB.finditer(text):
        yield Place(
            kind=NameKind.SIGN_OFF, at=match.start(), rank=0.7, unknown="\n" not in match["before"], before=True
        )


def greetings(text: str) -> Iterator[tuple[str, int, int]]:
    """The words after a greeting with their span: (greeting in small letters, start, end)."""
    for match in _GREETING.finditer(text):
        start, end = match.span(match.re.groupindex["rest"])
        yield match["word"].lower(), start, end


def is_thanks(word: str) -> bool:
    """Whether a greeting's word greets nobody: "thanks" may be followed by anything."""
    return word in _THANKS


def sign_offs(text: str) -> Iterator[tuple[int, int]]:
    """The line that holds the name below a sign-off, or the rest of the line of one such as "Thanks, Priya"."""
    for match in _SIGN_OFF.finditer(text):
        start, end = match.span(match.re.groupindex["rest"])
        line = text[start:end]
        left = len(line) - len(line.lstrip(" \t\n>*"))
        yield start + left, end


def lists(text: str) -> Iterator[tuple[str, int, int]]:
    """Lists of people: (label in small letters, start, end) of what stands behind the label."""
    for match in _LIST.finditer(text):
        start, end = match.span(match.re.groupindex["rest"])
        yield match["label"].lower(), start, end


_COMMA = re2.compile(rf"(?:[ ]?\([^()\n]{{1,40}}\))?(?:,[ ]?(?:and[ ])?|[ ](?:and|&)[ ]|[ ]?/[ ]?)(?:{_TITLE}[ ]+)?")


def after_comma(text: str, end: int) -> int:
    """Where the next name of a list may begin behind one that ends at `end`; 0 for nowhere."""
    match = _COMMA.match(text[end : end + 80])
    return end + match.end() if match else 0
