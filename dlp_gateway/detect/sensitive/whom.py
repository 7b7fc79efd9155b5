"""Of whom a sentence speaks: of one person, of its reader or writer, of people in general, or of council papers.

All patterns are RE2's and run on the latin-1 octets of a text, whose offsets are the text's.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import Any

import re2

from .office_words import NOT_NAMES, PAPERS

_REACH = 220  # a sentence is looked at this far to each side of what was found in it
_LINE_REACH = 300
_ENTRY = 60
_GENERAL_REACH = 70  # "people with ..." speaks of what follows within so many octets

_RELATIONS = (
    r"(?:mum|mummy|mam|mom|mother|dad|daddy|father|step-?(?:dad|father|mum|mother|sons?|daughters?)|parents?|sons?|"
    r"daughters?|brothers?|sisters?|siblings?|wife|husband|partner|boyfriend|girlfriend|widow|widower|ex|"
    r"ex-?(?:partner|husband|wife)|nan|nana|gran|granda|grandma|grandad|grandmother|grandfather|grandparents|"
    r"grand(?:sons?|daughters?|child|children)|uncle|aunt|auntie|cousin|nephew|niece|child|children|kids|baby|"
    r"babies|boys?|"
    r"girls?|lads?|twins|family|carers?|neighbour|friend|flatmate|(?:brother|sister|mother|father|son|daughter)-in-law|"
    r"eldest|youngest|unborn)"
)
_ROLES = (
    r"(?:client|patient|pt|ptnt|tenant|resident|applicant|claimant|complainant|pupil|student|learner|child|"
    r"young person|yp|"
    r"service user|s/u|customer|offender|suspect|defendant|perpetrator|perp|victim|ip|survivor|caller|carer|"
    r"employee|mother|mum|"
    r"father|dad|baby|step-?(?:dad|mum|father|mother)|parents|siblings|children|kids|grandmother|grandparents|nan|"
    r"nana|gran|"
    r"grandad|unborn|daughter|son|husband|wife|ex-?partner|boyfriend|girlfriend|uncle|aunt|brother|sister|youth|lad|"
    r"boys?|"
    r"girls?|man|woman|gentleman|lady|male|female|nephew|niece|deceased|adult at risk|care leaver|vulnerable adult|"
    r"family|twins|"
    r"veteran|occupant|respondent|householder|detainee|prisoner|caretaker|index case)"
)
_TITLED = r"(?:(?:mr|mrs|miss|ms|mx|master)(?:\.?\s+(?:and|&)\s+(?:mr|mrs|miss|ms))?\.?\s+[a-z]+)"
_CAPITAL = r"[A-Z\xc0-\xde][a-z\xdf-\xff'-]{0,20}[a-z\xdf-\xff]"
_NAME = re.compile(_CAPITAL)
_PERSONS_VERB = (
    r"(?:is|was|has|had|hasn't|isn't|will|came|told|takes|took|gets|got|needs|lives|lived|says|said|suffers|"
    r"suffered|went|"
    r"goes|uses|wears|who|aged|broke|died|can|can't|cannot|does|did|doesn't|joined|used|started|stopped|and|also|"
    r"often|already|"
    r"disclosed|denies|denied|reported|reports|lost|stepped|remains|attends|attended|as)"
)
_GROUPS = (
    r"(?:people|persons|residents|clients|children|women|men|girls|boys|pupils|students|employees|staff|drivers|"
    r"victims|"
    r"survivors|parents|families|adults|patients|tenants|workers|carers|offenders|applicants|claimants|customers|users|"
    r"veterans|mothers|fathers|households|members|volunteers|teenagers|youngsters|migrants|refugees|citizens|"
    r"colleagues|"
    r"candidates|learners|sleepers|visitors|voters|passengers|shoppers|readers|listeners)"
)
# "The children were removed" is said of some in particular, "disabled children are" of all.
_ADJECTIVE = r"(?:young|[a-z-]{3,}(?:ed|ing|al|able|er|ic|ive|ant|ent|ess|ible|ous|y))"
_TRAITS = (
    r"age|race|disability|religion|faith|belief|sex|gender|ethnicity|nationality|sexuality|sexual orientation|"
    r"gender reassignment|gender identity|marital status|pregnancy|maternity|health"
)
_SOMEBODY = (
    r"(?:person|tenant|applicant|pupil|child|parent|client|employee|driver|resident|patient|adult|occupier|victim|"
    r"member of staff|foster carer|carer|candidate|worker|service user|customer|offender|individual|staff member|"
    r"respondent)"
)


def _compiled(pattern: str) -> Any:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.log_errors = False
    return re2.compile(pattern.encode("latin-1"), options)


_END = _compiled(r"[.!?][)\"']?\s|\n[ \t>]*\n|\n[ \t>]*(?:[-*\xb7]|\d{1,2}[.)])\s")
_ABBREVIATIONS = frozenset(
    b"mr mrs ms dr st no nos re approx incl etc prof rev cllr sgt pc ref tel ext dept e g i eg ie vs c o jr b s".split()
)
_LABELS = frozenset(
    b"faith religion ethnicity disability disabled medical allergies sen send ehcp after gender".split()
)
_SPECIFIC = _compiled(rf"(?i)\b(?:he|she|him|her|his|hers|himself|herself|{_TITLED})\b")
_RELATED = _compiled(
    r"(?i)\b(?:my|his|her|their|your|our|the|this|these|both|two|three|whose|late|young|elderly|[a-z]+'s)\s+"
    rf"(?:[a-z-]+\s+)?{_RELATIONS}\b|\b(?-i:[A-Z]\.? ?[A-Z]\.?)\s+(?:is|was|has|had)\b"
)
_ROLE = _compiled(
    r"(?i)(?:\b(?:the|this|that|our|said|your|elderly|vulnerable|young|alleged|named)\s+(?:[a-z-]+\s+)?|"
    r"(?m:^)[\s>*-]{0,4}|[.:;,(/>*-]\s*|"
    rf"\b(?:and|re|that|ref|because|as|but|when|from|by|to|with|says)\s+){_ROLES}\b"
)
_COMPOUND = _compiled(
    r"(?i)^(?:'s|s)?\s+(?:protection|services?|parking|permits?|engagement|support|care|benefit|involvement|survey|"
    r"satisfaction|association|participation|portal|experience|carers?|hub|centre|centres|policy|policies|liaison|"
    r"council|"
    r"panel|network|forum|voice|contact)\b"
)
_NAMED = _compiled(
    rf"\b{_CAPITAL}(?:\s+{_CAPITAL})?(?:'s\b|,?\s+{_PERSONS_VERB}\b|,\s*\d|\s*[(:-]|,\s)"
    rf"|\b(?:for|re|RE|Re|against|about|by|from|of|with|to|see|on)[:\s]+{_CAPITAL}\b"
)
_BEGINS_LIST = _compiled(rf"^{_CAPITAL},\s$")  # "Epilepsy, asthma or a bad back": any word has a capital there
_BEFORE_NAMES = frozenset(("for", "re", "RE", "Re", "against", "about", "by", "from", "of", "with", "to", "see", "on"))
_READER = _compiled(r"(?i)\b(?:you|your|yourself|you're|you've|i|i'm|i've|i'd|my|me|myself)\b")
_GENERAL = _compiled(
    r"(?i)(?:^\W*|[.,:;(]\s*|\b(?:for|to|by|of|from|with|and|or|as|all|some|any|many|other|most|more|few|no|every|each|"
    r"young|older|vulnerable|disabled|local|support|help|supporting|helping|where|how|between|among|rough)\s+)"
    rf"(?:{_ADJECTIVE}\s+)?{_GROUPS}\s+"
    r"(?:who|with|whose|that|in|of|where|living|suffering|affected|experiencing|aged|over|under|may|can|must|should|"
    r"at)\b"
    r"|(?:^\W*|[.:;(]\s*|\b(?:all|some|any|many|most|more|few|no|where|how|that)\s+)"
    rf"(?:{_ADJECTIVE}\s+)?{_GROUPS}\s+(?:are|were|have|had|get)\b"
    rf"|\b\d[\d,]*\s+(?:[a-z-]+\s+){{0,2}}(?:{_GROUPS}|referrals|cases|arrests|cautions|charges|convictions|"
    rf"exclusions|reports|"
    r"incidents|offences|deaths|admissions|enquiries|plans|assessments|grandparents)\b"
    r"|\b\d[\d,]*\s+(?:have|are|were|had|said|say|reported)\b"
    r"|\b(?:anyone|anybody|everyone|everybody|whoever|those|nobody|no one)\s+(?:(?:in|from) [a-z ]{1,20} )?"
    r"(?:who|with|whose|that|has|is|in|living|suffering|affected|at|taking|using|accused|convicted|needing|drunk|"
    r"bailed)\b"
    r"|\b(?:numbers?|percentage|proportion|rates?|share|prevalence|levels?|total|count|incidence|kinds?|awareness|"
    r"risks) of\b"
    r"|\d(?:%| per cent| percent)[^\n]{1,60}\d(?:%| per cent| percent)"
    r"|(?:\bper cent|%|\bpercent)\s+of\b|\bone in (?:two|three|four|five|six|seven|eight|ten|\d+)\b"
    rf"|\b(?:{_TRAITS})(?:,\s*| (?:or|and) )(?:{_TRAITS})\b"
    r"|\bthe (?:deaf|blind|disabled|elderly|homeless|vulnerable|sick|dying|unemployed)\b"
    # What is played, taught or asked in a quiz is said of nobody.
    r"|\b(?:amateur dramatics|role[ -]?play(?:s|ers?)?|scenarios?|vignettes?|mock (?:trial|patient|casualt(?:y|ies))|"
    r"fictional|(?:imagine|suppose|pretend) (?:that|a|an|you|he|she)|(?:model|best|right|correct) answer|"
    r"dummy (?:record|patient)|test (?:patient|person|record)|will play|plays (?:a|an|the) [a-z]+|"
    r"in (?:chapter|act|round|scene|episode) \d)\b"
)
_TO_ALL = _compiled(
    r"(?i)\b(?:if (?:you|anyone|anybody|any|someone|somebody|a|an|your|the (?:parent|child|client|person|adult|"
    r"tenant))|"
    r"do you|have you|are you|did you|please tell us|tell us (?:if|about|whether)|"
    r"you (?:may|might|could) (?:be (?:able|eligible|entitled|asked)|qualify|have|get|find)|may be entitled|"
    r"could you (?:be|foster|adopt|give)|you (?:do not|don't|needn't|need not) (?:have to|need)|"
    r"proof of|unless|"
    r"such as|for example|(?:have|has) a right to|we welcome|is the persistent|you will (?:work|be working|join)|"
    r"ask whether|asks whether|"
    r"when a|whenever|regardless of|whatever your|e\.g\.|practical on|"
    # A question about whoever it may be, as a quiz and a form ask it: "Which queen had haemophilia?"
    r"(?:which|how many|what kind of) [a-z]+ (?:is|was|are|were|has|had|have|did|does|do|went|got|killed|died)"
    rf"|(?:a|an|any|every|each|no|another)\s+(?:[a-z-]+\s+)?{_SOMEBODY}\s+"
    r"(?:who|with|may|must|should|can|lacks|needs)|"
    rf"(?:where|whether) (?:a|an|the) {_SOMEBODY})\b"
)
_ASKED = re.compile(rb"(?:^|[\n.?!>*-])[ \t]*q[ \t]*\d{0,2}[.:)][ \t]*$", re.IGNORECASE)  # of questions and answers
_ASKS = re.compile(rb"[\s>*-]*q[ \t]*\d{0,2}[.:)]", re.IGNORECASE)
_PAPERS = _compiled(rf"(?i)\b(?:{PAPERS})\b")
_RECORD = _compiled(
    r"\b\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d{2}\b|\b(?:19|20)\d\d-\d\d-\d\d\b|\b\d{3}[ -]?\d{3}[ -]?\d{4}\b|"
    r"\b0\d{3,4}[ -]?\d{3} ?\d{3,4}\b|\(\d{4,8}\)|"
    r"\b[A-Z]{1,2}\d{1,2}[A-Z]? \d[A-Z]{2}\b"
)
_COUNT = _compiled(r"[ \t]*[:|=-]?[ \t]*[+-]?\d[\d,.]*%?(?:\s|$)")
_BREAK = re.compile(rb"\n[ \t>]*\n")
_PAUSE = re.compile(rb"[,;:(]")
_PREDICATE = _compiled(
    r"(?i)^(?:\s+(?:is|are|was|were|can|may|affects?|costs?|remains?|continues?|happens?)\b|"
    r"(?:,? (?:and |or )?[a-z-]+(?: [a-z-]+)?){1,4} (?:are|were|need|require)\b)"
)
# "An asthmatic or a bad back need a doctor's note", "she does not do bunions", an answer in a list: "3 Typhoid. 4 ...".
_ANY_OF = re.compile(rb"\bor (?:an? )?\Z", re.IGNORECASE)
_ASK = re.compile(rb"\s(?:needs?|requires?|must|should)\s", re.IGNORECASE)
_SERVICE = re.compile(rb"\b(?:not|n't) (?:do|treat|cover|offer|sell|stock) \Z", re.IGNORECASE)
_ANSWER = re.compile(rb"(?:\A|[.;:,\n]\s)\d{1,2}[.)]? \Z")
_THING = _compiled(r"(?i)(?:\b\d{3,}[\w-]*|\b(?:it|which|there|this|that|what))\s*$")
_SAID_THAT = _compiled(
    r"(?i)\b(?:sa(?:id|ys?|ying)|told [a-z]+|alleg(?:ed|es|ing|ations?)|report(?:ed|s)|admit(?:s|ted)|claim(?:s|ed)?|"
    r"th(?:ink|inks|ought)|believ(?:ed?|es)|stat(?:ed|es)|mention(?:ed|s)|disclos(?:ed|es)|confirm(?:ed|s)|heard|found|"
    r"understand|knows?|worr(?:ied|y)|add(?:ed|s)|are|because) that\s*$"
)
_PARTED = _compiled(r"\t|  |[,;|():\n]| [-\x96] |\. ")
OF_TOPICS = frozenset((b"for", b"about", b"the", b"our", b"on", b"of", b"at", b"to", b"or", b"all", b"from"))


class Sentence:
    """One sentence, looked at only for what is asked of it. `start` and `end` are offsets of the text (`octets`)."""

    def __init__(self, octets: bytes, start: int, end: int) -> None:
        self.start = start
        self.end = end
        self._octets = octets[start:end]
        self._before = octets[max(0, start - 12) : start]

    @cached_property
    def specific(self) -> bool:
        """Whether it names a person by pronoun or title."""
        return _SPECIFIC.search(self._octets) is not None

    @cached_property
    def third(self) -> bool:
        """Whether it names a person by pronoun, title, relation or role."""
        return self.specific or _has_relation_or_role(self._octets)

    def names(self, term: int) -> bool:
        """Whether what looks like a name does something in it. The term that is asked about, which begins at `term`, is
        none: in "Asbestosis, lives alone" nobody is named."""
        return any(start != term for start in self._named)

    @cached_property
    def _named(self) -> tuple[int, ...]:
        return tuple(
            self.start + match.start()
            for match in _NAMED.finditer(self._octets)
            if _is_name(match) and (match.start() or not _BEGINS_LIST.match(match.group()))
        )

    @cached_property
    def reader(self) -> bool:
        """Whether it says "I" or "you"."""
        return _READER.search(self._octets) is not None

    @cached_property
    def to_all(self) -> bool:
        """Whether it asks or offers ("if you ..."), or anybody may ask it so ("Q. I am deaf, can I ...")."""
        is_asked = _ASKED.search(self._before) or _ASKS.match(self._octets)
        return _TO_ALL.search(self._octets) is not None or is_asked is not None

    @cached_property
    def papers(self) -> bool:
        """Whether it deals with policies, meetings, training."""
        return _PAPERS.search(self._octets) is not None

    def is_general(self, position: int) -> bool:
        """Whether what begins at `position` is said of people in general."""
        return any(start <= position < end for start, end in self._general)

    @cached_property
    def _general(self) -> tuple[tuple[int, int], ...]:
        """Where it speaks of people in general."""
        found = (match.span() for match in _GENERAL.finditer(self._octets))
        return tuple((self.start + start, self.start + end + _GENERAL_REACH) for start, end in found)


class Sentences:
    """The sentences of one text, read where they are asked for. `octets`: the text in latin-1."""

    def __init__(self, octets: bytes) -> None:
        self._octets = octets
        self._starts: list[int] = []
        self._read: list[Sentence] = []

    def around(self, start: int, end: int) -> Sentence:
        """The sentence that holds a stretch; of a longer one what stands near it. Ask from left to right."""
        index = bisect_right(self._starts, start) - 1
        if index >= 0 and end <= self._read[index].end:
            return self._read[index]
        sentence = Sentence(self._octets, *self._limits(start, end))
        if not self._starts or sentence.start > self._starts[-1]:
            self._starts.append(sentence.start)
            self._read.append(sentence)
        return sentence

    def line(self, start: int, end: int) -> tuple[int, int]:
        """The line that holds a stretch; of a longer one what stands near it."""
        first = self._octets.rfind(b"\n", max(0, start - _LINE_REACH), start) + 1 or max(0, start - _LINE_REACH)
        last = self._octets.find(b"\n", end, end + _LINE_REACH)
        return first, last if last >= 0 else min(len(self._octets), end + _LINE_REACH)

    def is_record(self, start: int, end: int, *, has_person: bool) -> bool:
        """Whether a line is a list's entry about one person: parted, with a name (`has_person`) or an identifier."""
        octets = self._octets[start:end]
        return _PARTED.search(octets) is not None and (has_person or _RECORD.search(octets) is not None)

    def words_beside(self, start: int, end: int) -> tuple[list[bytes], list[bytes]] | None:
        """The words before and behind a term in its part of the line; None where the part is long, or a count
        follows ("Burglary  31")."""
        before = self._octets[max(0, start - _ENTRY) : start]
        after = self._octets[end : end + _ENTRY]
        first = max((m.end() for m in _PARTED.finditer(before)), default=0 if len(before) < _ENTRY else None)
        if first is None or _COUNT.match(after):
            return None
        rest = _PARTED.search(after)
        return before[first:].split(), (after[: rest.start()] if rest else after).split()

    def has_words(self, start: int, end: int) -> bool:
        """Whether more than a word stands between the last comma, colon or bracket of a stretch and its end."""
        return len(_PAUSE.split(self._octets[start:end])[-1].split()) > 1

    def is_subject(self, sentence: Sentence, start: int, end: int) -> bool:
        """Whether a term is what its sentence is about: "Domestic abuse is the third most common reason"."""
        if len(self._octets[sentence.start : start].split()) > 1:
            return False
        return _PREDICATE.search(self._octets[end : end + 80]) is not None

    def is_of_anybody(self, start: int, end: int) -> bool:
        """Whether a term is a condition that many may have, a service, or an answer in a numbered list."""
        before, after = self._octets[max(0, start - 20) : start], self._octets[end : end + 12]
        return (
            (_ANY_OF.search(before) is not None and _ASK.match(after) is not None)
            or _SERVICE.search(before) is not None
            or (_ANSWER.search(before) is not None and after[:1] in (b".", b""))
        )

    def is_of_thing(self, start: int) -> bool:
        """Whether a number or "it" stands before what begins at `start`: "stop 450012802 is blind"; not the "that" of
        "she said that he hit her"."""
        before = self._octets[max(0, start - 40) : start]
        return _THING.search(before) is not None and _SAID_THAT.search(before) is None

    def follows_name(self, limit: int, start: int) -> bool:
        """Whether what looks like a name stands right before `start`, in a sentence that begins at `limit`."""
        before = self._octets[max(limit, start - 40) : start].decode("latin-1").split()[-2:]
        return any(_NAME.fullmatch(word.rstrip(",")) and word.lower().rstrip(",") not in NOT_NAMES for word in before)

    def near(self, start: int, end: int, reach: int) -> tuple[int, int]:
        """The stretch around a note, so many octets to each side, in which whoever it speaks of is named: its own
        paragraph, and the one before. Who is named in the next has notes of his own."""
        breaks = [match.start() for match in _BREAK.finditer(self._octets, max(0, start - reach), start)]
        after = _BREAK.search(self._octets, end, end + reach)
        first = breaks[-2] if len(breaks) > 1 else max(0, start - reach)
        return first, after.start() if after is not None else min(len(self._octets), end + reach)

    def speaks_of_person(self, start: int, end: int) -> bool:
        """Whether a person is named by pronoun, title, relation or role in a stretch of the text."""
        octets = self._octets[max(0, start) : end]
        return _SPECIFIC.search(octets) is not None or _has_relation_or_role(octets)

    def _limits(self, start: int, end: int) -> tuple[int, int]:
        first = max(0, start - _REACH)
        before = self._octets[first:start]
        ends = [m.end() for m in _END.finditer(before) if not _is_abbreviation(before, m.start())]
        after = self._octets[end : end + _REACH]
        rest = (m.end() for m in _END.finditer(after) if not _is_abbreviation(after, m.start()))
        return first + max(ends, default=0), end + next(rest, len(after))


def _is_abbreviation(octets: bytes, stop: int) -> bool:
    """Whether the stop at `stop` ends no sentence: that of an abbreviation, or of a form's label ("Faith?")."""
    *before, word = octets[max(0, stop - 10) : stop].lower().split(b" ")
    if len(word) == 1 and before and before[-1].isdigit():
        return False  # a unit: "under 40 s."
    return word in {b".": _ABBREVIATIONS, b"?": _LABELS}.get(octets[stop : stop + 1], ())


def _has_relation_or_role(octets: bytes) -> bool:
    return _RELATED.search(octets) is not None or any(
        not _COMPOUND.search(octets[match.end() : match.end() + 40]) for match in _ROLE.finditer(octets)
    )


def _is_name(match: Any) -> bool:
    parts = match.group().decode("latin-1").split()
    head = parts[0].rstrip(":")
    word = parts[-1] if head in _BEFORE_NAMES else head
    return word.lower().rstrip(",:-(").removesuffix("'s") not in NOT_NAMES
