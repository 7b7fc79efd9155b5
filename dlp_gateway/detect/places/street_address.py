"""Street addresses of people in the United Kingdom, from flat or house number to postcode.

The recognisers' patterns (`rules/recognisers/uk-address*.yaml`) say where a house number and a street stand; anchors
find what has no number or no word for street. Here both are joined, extended to flat and town, and judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ..found import Found
from ..overlap import Match
from ..patterns.context import same_length_lower
from ..patterns.pattern import FLOOR, Candidate, PatternScanner, Rule
from ..ruleset import Ruleset, words_of
from .address_abroad import ENOUGH, RECOGNISER, Abroad, AbroadFinder
from .address_abroad import ENTITY as FOREIGN
from .address_anchors import AnchorReader, Claim
from .address_clues import ClueReader
from .address_grammar import POSTCODE, Tail, head, tail
from .address_judgement import confidence_near, is_elsewhere, is_of_office, names_person_after
from .gazetteer import Gazetteer

ENTITY = "UK_ADDRESS"
_POSTCODE = "UK_POSTCODE"
_OURS = frozenset({ENTITY, FOREIGN})
_MASK = "### ###"
# A town and a postcode say no more of a post box: most are of organisations.
_NEVER_COMPLETE = frozenset({"uk-address-po-box"})
# Another recogniser that finds the same address says more of it.
_LESS_SURE = frozenset({"uk-address-block", "uk-address-unsure"})
# What the lexicons know is no village that only its place tells.
_NO_TOWNS = ("first-names", "last-names", "ordinary-words", "not-names")
_BEFORE_TOWN = frozenset(
    {"great", "little", "upper", "lower", "nether", "over", "higher", "old", "new", "north", "south", "east", "west"}
    | {"much", "long"}
)
_VILLAGE = re.compile(
    rf",[ ]((?:(?:{'|'.join(sorted(map(str.title, _BEFORE_TOWN)))})[ ])?"
    r"[A-Z][a-z'\-]{2,20}(?:[ ][A-Z][a-z'\-]{2,20})?)"
    r"(?=\.(?:\s|\Z)|[;)\n]|\Z|,[ ](?:[a-z]|\d)|[ ][|/\-–][ ]|[ ](?:after|and|as|at|because|before|but|by|for|from|"
    r"has|have|if|in|is|on|since|so|that|to|until|was|were|when|where|which|while|who|will|with|without)[ ])"
)
_MOST = 20_000  # addresses of one text


def _touches(match: Match, others: Sequence[Match]) -> bool:
    return any(match.start < other.end and other.start < match.end for other in others)


class AddressFinder:
    """Finds addresses in running text."""

    def __init__(self, ruleset: Ruleset, gazetteer: Gazetteer) -> None:
        rules = [rule for rule in ruleset.scanner.rules if rule.entity in _OURS]
        # A set of their own: what is known of one pattern multiplies with what is known of every other in a set.
        self._scanner = PatternScanner(rules)
        self._gazetteer = gazetteer
        self._anchors = AnchorReader(gazetteer, ruleset.words)
        self._clues = ClueReader(gazetteer, ruleset.words)
        self._abroad = AbroadFinder(gazetteer)
        self._known_words = words_of(ruleset.words, *_NO_TOWNS)
        self._premises = ruleset.phrases("premises")
        self._rules = {rule.id: rule for rule in rules if rule.entity == ENTITY}
        self._reference: Rule | None = self._rules.get("uk-address") or next(iter(self._rules.values()), None)
        self._foreign = next((rule for rule in rules if rule.id == RECOGNISER), None)
        self._postcode = next((rule for rule in ruleset.scanner.rules if rule.entity == _POSTCODE), None)

    def complete(self, text: str, matches: list[Match], entities: frozenset[str] | None) -> list[Match]:
        """The matches, with whole and judged addresses in place of what patterns alone make of them."""
        if entities is not None and not entities & _OURS:
            return matches
        cores = list(self._scanner.scan(text))
        found = list(self._at_home(text, cores))
        foreign = list(self._foreign_matches(self._foreign, text, cores)) if self._foreign else []
        # What ends in another country or its code is no street here, unless a postcode says so; what only begins with
        # a number and goes on to a town is one of ours where our own reader takes it for one.
        certain = [match for match, named in foreign if named]
        found = [m for m in found if m.labelled or not _touches(m, certain)]
        abroad = [match for match, named in foreign if named or not _touches(match, found)]
        found = [m for m in (*found, *abroad) if entities is None or m.entity in entities]
        return [*(match for match in matches if match.entity not in _OURS), *found]

    def without_offices(self, text: str, found: Sequence[Found]) -> list[Found]:
        """What was found in a canonical text, without the postcodes that end the addresses of offices."""
        postcodes = [item for item in found if item.entity == _POSTCODE]
        if not postcodes:
            return list(found)
        lower = same_length_lower(text)
        homes = [item for item in found if item.entity == ENTITY]
        dropped = {
            id(item)
            for item in postcodes
            if not any(item.at < home.until and home.at < item.until for home in homes)
            and is_of_office(lower, item.at, self._premises)
        }
        return [item for item in found if id(item) not in dropped]

    def find(self, text: str) -> Iterator[Match]:
        """The addresses at home in a canonical text, in order, and the postcodes in them."""
        return self._at_home(text, list(self._scanner.scan(text)))

    def abroad(self, text: str) -> list[Abroad]:
        """What may be an address abroad, however little says so."""
        return self._abroad.find(text, _spans(self._scanner.scan(text)))

    def _foreign_matches(self, rule: Rule, text: str, cores: Sequence[Candidate]) -> Iterator[tuple[Match, bool]]:
        """Each with whether a country or its code ends it."""
        lower = ""
        for item in self._abroad.find(text, _spans(cores)):
            if item.points < ENOUGH:
                continue
            lower = lower or same_length_lower(text)
            confidence, labelled = confidence_near(rule, lower, item.start)
            if confidence:
                match = Match(
                    entity=rule.entity,
                    category=rule.file.category,
                    recogniser=rule.id,
                    start=item.start,
                    end=item.end,
                    confidence=max(confidence, 0.85 if item.named else 0.65),
                    mask=rule.file.mask,
                    labelled=labelled or item.named,
                )
                yield match, item.named

    def _at_home(self, text: str, cores: Sequence[Candidate]) -> Iterator[Match]:
        claims = [*_of_patterns(text, cores), *self._anchors.claims(text), *self._clues.claims(text)]
        if not claims or self._reference is None:
            return
        lower = same_length_lower(text)
        last = 0
        for claim in _joined(sorted(claims, key=lambda c: (c.start, -c.end))):
            start = max(last, head(text, claim.start))
            rest = tail(text, claim.end, self._gazetteer)
            confidence, labelled = self._judged(claim, lower, start, rest)
            if confidence < FLOOR or rest.end <= last:
                continue
            end = last = rest.end if rest.town or rest.postcode else self._with_village(text, rest.end)
            rule = self._rules.get(claim.recogniser, self._reference)
            yield Match(
                entity=ENTITY,
                category=rule.file.category,
                recogniser=claim.recogniser,
                start=start,
                end=end,
                confidence=confidence,
                mask=rule.file.mask,
                labelled=labelled,
            )
            if rest.postcode is not None and self._postcode is not None:
                yield self._inner_postcode(self._postcode, rest.postcode)

    def _judged(self, claim: Claim, lower: str, start: int, rest: Tail) -> tuple[float, bool]:
        rule = self._rules.get(claim.recogniser)
        confidence, labelled = confidence_near(rule or self._reference, lower, start)  # type: ignore[arg-type]
        if claim.labelled:
            confidence, labelled = max(claim.confidence, confidence), True
        if not confidence or is_elsewhere(lower, start, claim.end, self._premises, labelled=claim.labelled):
            return 0.0, False
        confidence = max(confidence, claim.confidence)
        if claim.recogniser in _NEVER_COMPLETE:
            return confidence, labelled
        if rest.postcode is not None:
            confidence = max(confidence, 0.85)
        elif rest.town:
            confidence = max(confidence, 0.7)
        elif names_person_after(lower, rest.end):
            confidence = max(confidence, 0.6)
        return round(confidence, 3), labelled

    def _with_village(self, text: str, end: int) -> int:
        """Where an address ends with the one or two words after it that close a piece of a sentence, unless they are
        known as names of people or as words."""
        village = _VILLAGE.match(text, end)
        if village is None or any(
            word.strip("'") in self._known_words and word not in _BEFORE_TOWN for word in village[1].lower().split()
        ):
            return end
        return village.end(1)

    def _inner_postcode(self, rule: Rule, span: tuple[int, int]) -> Match:
        return Match(
            entity=_POSTCODE,
            category=rule.file.category,
            recogniser=rule.id,
            start=span[0],
            end=span[1],
            confidence=0.9,
            mask=rule.file.mask,
            labelled=True,
        )


def _of_patterns(text: str, cores: Iterable[Candidate]) -> Iterator[Claim]:
    for core in cores:
        # What leads to a postcode is found piece by piece, not in one jump over whatever stands between.
        postcode = POSTCODE.search(text, max(core.start, core.end - 8), core.end)
        if core.rule.entity == ENTITY and postcode is None:
            yield Claim(start=core.start, end=core.end, recogniser=core.rule.id)


def _spans(cores: Iterable[Candidate]) -> list[tuple[int, int]]:
    """The spans of those that are abroad."""
    return [(core.start, core.end) for core in cores if core.rule.entity == FOREIGN]


def _joined(claims: list[Claim]) -> Iterator[Claim]:
    """Claims in order, those that overlap made one: it begins with the first, and is as sure as the surest."""
    current: Claim | None = None
    for claim in claims[:_MOST]:
        if current is None or claim.start >= current.end:
            if current is not None:
                yield current
            current = claim
            continue
        named = claim if current.recogniser in _LESS_SURE else current
        current = Claim(
            start=current.start,
            end=max(current.end, claim.end),
            labelled=current.labelled or claim.labelled,
            confidence=max(current.confidence, claim.confidence),
            recogniser=named.recogniser,
        )
    if current is not None:
        yield current
