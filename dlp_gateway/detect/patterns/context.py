"""What stands around a match: the words that make a number an identifier, or something else.

The label nearest before the match decides, also which kind of number it is: after "NI number" stands no NHS number. A
label that has its value already is passed over. A number that follows another of its kind in a list, or in the line
below it, takes over that one's label ("NHS numbers: ..., ... and ...").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from ..overlap import Spans
from .labels import Hit, LabelIndex
from .pattern import Rule
from .phrase_book import PhraseBook, same_length_lower, words_of
from .recogniser_file import RecogniserFile

__all__ = [
    "by_header",
    "follows_in_lines",
    "follows_in_list",
    "follows_in_words",
    "has_phrase",
    "labels",
    "last_phrase",
    "same_length_lower",
    "score",
]

_AFTER = 25  # characters after the match, on its line: "943 476 5919 (NHS number)"
_AGAINST = 40  # characters before the match in which a word says that it is something else
_LIST_GAP = re.compile(r"[\s,;&/|]*(?:and|or)?[\s,;&/|]*")
# Between a value and the label after it.
_TO_LABEL = re.compile(
    r"[ \t,;)(\]\[\-–=>\"'*|]{0,4}(?:(?:which |that )?(?:is|was|are|were|being|as|for|under|that's)\s)?"
    r"(?:(?:(?:mr|mrs|ms|miss|dr)\.?\s)?[^\W\d_]{2,20}(?:[ \-][^\W\d_]{2,20})?(?:['’]s|s['’])\s|"
    r"(?:(?:the|her|his|my|their|your|our|its|an?|this|that|these|both|all|old|new|current|correct|right|wrong|only|main|"
    r"full|first|second|other|actual|latest|previous|former)\s){0,3})"
)
_CERTAIN = re.compile(r"is\b|was\b|are\b|were\b|\bas\b|[(=]")
# From a value to another of its kind: "UTR 39714 72796, or his old one 66277 72920"; "is now"; "(was".
_TO_ANOTHER = re.compile(
    r"(?:[ \t\n,;:&/()\-–]|\b(?:and|or|but|not|now|was|is|were|are|then|also|once|before|previously|formerly|"
    r"instead|later|earlier|plus|the|her|his|their|my|your|its|an?|new|old|older|newer|other|second|first|correct|right|wrong|previous|"
    r"former|current|one|ones|number|no|another|maybe|possibly|should|be|it)\b)*"
)
_OWN_VALUE = re.compile(r" ?\d{1,4}[a-z]?(?=[\s,;.)]) ?(?=[^\W\d_]|[,;.)\-–])")
_LONGEST_TO_ANOTHER = 40
_TO_PERSON = re.compile(r"[ \t,;:()|\-–]{1,3}(?:(?:for|is|of|belongs to)\s)?")
_LONGEST_GAP = 30  # characters of blanks and signs between a label and its value
_LEADING = " \t\n:=#.-–(>[*|\"'"
_BLANKS = " \t*"
_BEFORE_LABEL = " \t*>-"
_TO_NEXT = re.compile(r"[ \-]{0,2}")
_NO_ITEM = re.compile(r"[\d:=]")  # another number or label stands before it
_LONGEST_ITEM = 200  # characters from a number to the one in the line below


def last_phrase(text: str, phrases: tuple[str, ...]) -> int:
    """Where the last of the phrases ends in `text` (lower case), -1 where there is none."""
    ends = [end for _, end, _ in _book(phrases).find(text)] if phrases else []
    return ends[-1] if ends else -1


def has_phrase(text: str, phrases: tuple[str, ...]) -> bool:
    """Whether one of the phrases stands in `text` (lower case)."""
    return bool(phrases) and next(_book(phrases).find(text), None) is not None


class _Key:
    """A tuple of phrases by identity: to hash hundreds of words for each question would cost more than its answer."""

    __slots__ = ("phrases",)

    def __init__(self, phrases: tuple[str, ...]) -> None:
        self.phrases = phrases

    def __hash__(self) -> int:
        return id(self.phrases)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.phrases is other.phrases


def _book(phrases: tuple[str, ...]) -> PhraseBook[bool]:
    return _book_of(_Key(phrases))


@lru_cache(maxsize=256)  # the key keeps its tuple, so that no other one gets its identity
def _book_of(key: _Key) -> PhraseBook[bool]:
    return PhraseBook({phrase.lower(): True for phrase in key.phrases})


def score(
    rule: Rule,
    lower: str,
    start: int,
    end: int,
    *,
    match_start: int,
    header: str = "",
    names: Spans | None = None,
    spoken: frozenset[str] = frozenset(),
) -> tuple[float, bool]:
    """A match's confidence and whether a word that names it made it.

    `lower` is the text in lower case (same length), `header` the column's header in a table, `names` where people are
    named besides those that the rules' own words tell, `spoken` the rules of whose topics other texts of the message
    speak.
    """
    typed = by_header(rule, header)
    if typed is not None:
        return typed, typed > 0
    if rule.book is None:
        return rule.file.confidence.plain, False
    index = rule.book.index(lower)
    file = rule.file
    if file.not_after and _is_followed(rule, index, lower, end):
        return 0.0, False
    after = _after(rule, index, lower, end)
    if after is not None and after.certain:
        return (file.confidence.with_context, True) if after.own else (0.0, False)
    if file.spoken_of and any(rule.id in hit.role.against for hit in index.between(match_start, start)):
        return 0.0, False  # "PO no" stands in the match itself
    if any(rule.id in hit.role.labels or rule.id in hit.role.context for hit in index.between(match_start, end)):
        return _unless_against(rule, index, lower, match_start)
    verdict = _before(rule, index, lower, match_start)
    if verdict is None and after is not None:
        verdict = after.own
    if verdict is not None:
        return (file.confidence.with_context, True) if verdict else (0.0, False)
    is_spoken_of = not file.topics or rule.id in index.topics or rule.id in spoken
    if file.near_person and is_spoken_of:
        is_near = _has_person(rule, index, lower, start, end)
        if is_near or (names is not None and _has_name(rule, names, lower, start, end)):
            return file.confidence.with_context, False
    return file.confidence.plain, False


def _before(rule: Rule, index: LabelIndex, lower: str, position: int) -> bool | None:
    """What the words before a match say: that it is the rule's, that it is not, or nothing (None)."""
    window = position - rule.file.window
    against = position - min(_AGAINST, rule.file.window)
    paragraph = _paragraph(lower, max(0, window), position)
    likely = False
    for hit in index.before(position):
        has_value = hit.end < hit.reach <= position
        too_far = hit.end < window or hit.start < paragraph
        if too_far and (has_value or not _is_attached(lower, hit, position)):
            break
        role = hit.role
        if rule.id in role.against and hit.end >= against:
            if _has_own_value(lower, hit.end, position):
                continue
            return False
        names = hit.names and not has_value
        if rule.id in role.labels:
            if names:
                return True
        elif rule.id in role.context:
            if _heads_line(lower, hit, position):
                return True
            likely = True
        elif role.other and names and _counts_as_number(rule) and hit.end >= against:
            return False
        elif names and role.entities and rule.entity not in role.entities and rule.needs_label:
            return None if likely else False
        elif rule.id in role.inherited:
            likely = True
    return True if likely else None


def _heads_line(lower: str, hit: Hit, position: int) -> bool:
    """Whether a word of context is the label of its line: "Vehicle: WG75 KML"."""
    if lower[hit.end : position].strip(_BLANKS) != ":":
        return False
    return not lower[lower.rfind("\n", 0, hit.start) + 1 : hit.start].strip(_BEFORE_LABEL)


def _has_own_value(lower: str, end: int, position: int) -> bool:
    """Whether a short number stands right behind a word and is its value: "Section 184 decision", "stage 2"."""
    value = _OWN_VALUE.match(lower, end, position)
    return value is not None and value.end() < position


def _paragraph(lower: str, start: int, position: int) -> int:
    """Where a position's paragraph begins, not before `start`; a colon or a question at the end of one leads into the
    next."""
    found = lower.rfind("\n\n", start, position)
    while found > start and lower[start:found].rstrip().endswith((":", "?")):
        found = lower.rfind("\n\n", start, found)
    return found


def _is_attached(lower: str, hit: Hit, position: int) -> bool:
    """Whether nothing but what leads to a value stands between a label and a match."""
    if hit.reach > position:
        return True
    return position - hit.end <= _LONGEST_GAP and not lower[hit.end : position].strip(_LEADING)


def _unless_against(rule: Rule, index: LabelIndex, lower: str, position: int) -> tuple[float, bool]:
    """A label lies in the match itself: only a word that says otherwise right before counts against it."""
    for hit in index.before(position):
        if hit.end < position - _AGAINST or lower.find("\n\n", hit.end, position) >= 0:
            break
        if rule.id in hit.role.against and not hit.end < hit.reach <= position:
            return 0.0, False
    return rule.file.confidence.with_context, True


class _After:
    """What the words after a match say. `certain`: they speak of nothing else ("... is her NHS number")."""

    __slots__ = ("certain", "own")

    def __init__(self, *, own: bool, certain: bool) -> None:
        self.own = own
        self.certain = certain


def _after(rule: Rule, index: LabelIndex, lower: str, end: int) -> _After | None:
    line_end = lower.find("\n", end, end + _AFTER)
    limit = line_end if line_end >= 0 else end + _AFTER
    for hit in index.after(end):
        if hit.start >= limit:
            return None
        if rule.id in hit.role.context:
            return _After(own=True, certain=False)
        if hit.reach > hit.end or _begins_next(lower, hit):
            return None  # it names the next number
        gap = _TO_LABEL.fullmatch(lower, end, hit.start)
        if gap is None:
            continue
        certain = _CERTAIN.search(gap[0]) is not None
        if not certain and "-" not in gap[0]:
            continue  # "..., Mosaic" says something else than "... - Mosaic"
        if rule.id in hit.role.labels:
            return _After(own=True, certain=certain)
        if hit.role.other and _counts_as_number(rule):
            return _After(own=False, certain=certain)
        if hit.role.entities and rule.needs_label and rule.entity not in hit.role.entities:
            return _After(own=False, certain=certain)
    return None


def _begins_next(lower: str, hit: Hit) -> bool:
    """Whether a colon after a label says that its value comes after it."""
    return lower[hit.end : hit.end + 2].strip().startswith((":", "="))


def _is_followed(rule: Rule, index: LabelIndex, lower: str, end: int) -> bool:
    for hit in index.after(end):
        if _TO_NEXT.fullmatch(lower, end, hit.start) is None:
            return False
        if rule.id in hit.role.after:
            return True
    return False


def _has_person(rule: Rule, index: LabelIndex, lower: str, start: int, end: int) -> bool:
    """Whether a title or a name stands before a match, in its line, or right after it."""
    for hit in index.before(start):
        if start - hit.start > rule.file.window or lower.find("\n", hit.end, start) >= 0:
            break
        if hit.role.person and lower[hit.start - 1 : hit.start] != "-":  # "X-MS-Exchange" is nobody
            return True
    following = next((hit for hit in index.after(end) if hit.role.person), None)
    return following is not None and _TO_PERSON.fullmatch(lower, end, following.start) is not None


def _has_name(rule: Rule, names: Spans, lower: str, start: int, end: int) -> bool:
    """The same by the spans of names."""
    before = names.last_before(start)
    if before is not None and start - before <= rule.file.window and "\n" not in lower[before:start]:
        return True
    after = names.first_after(end)
    return after is not None and _TO_PERSON.fullmatch(lower, end, after) is not None


def by_header(rule: Rule, header: str) -> float | None:
    """The confidence that a column's header (lower case) gives a rule's matches; None where it says nothing."""
    return _by_header(rule, header) if header else None


@lru_cache(maxsize=4096)
def _by_header(rule: Rule, header: str) -> float | None:
    roles = rule.book.of_header(header) if rule.book is not None else []
    if any(rule.id in role.against for role in roles):
        return 0.0
    if any(rule.id in role.labels for role in roles):
        return rule.file.confidence.with_context
    named_otherwise = any(role.other or (role.entities and rule.entity not in role.entities) for role in roles)
    return 0.0 if named_otherwise and rule.needs_label else None


def follows_in_list(text: str, previous_end: int, start: int) -> bool:
    """Whether only list punctuation stands between two matches."""
    return 0 <= start - previous_end <= 12 and _LIST_GAP.fullmatch(text, previous_end, start) is not None


def follows_in_words(text: str, previous_end: int, start: int) -> bool:
    """Whether only words that lead from one value to another of its kind stand between two matches."""
    return (
        0 <= start - previous_end <= _LONGEST_TO_ANOTHER
        and text.count("\n", previous_end, start) <= 1
        and _TO_ANOTHER.fullmatch(text, previous_end, start) is not None
    )


def follows_in_lines(rule: Rule, lower: str, previous_end: int, start: int) -> bool:
    """Whether a match stands in the line below another one of its rule, and nothing between names it otherwise."""
    if rule.book is None or not 0 <= start - previous_end <= _LONGEST_ITEM:
        return False
    _, _, second = lower[previous_end:start].partition("\n")
    if "\n" in second or not lower[previous_end:start].count("\n") or _NO_ITEM.search(second):
        return False
    return not any(
        hit.role.other or hit.role.entities or rule.id in hit.role.against
        for hit in rule.book.index(lower).between(previous_end, start)
    )


def _counts_as_number(rule: Rule) -> bool:
    """Whether order numbers and the like could pass for this rule's values: where it is all digits."""
    return rule.file.entity not in _NEVER_A_NUMBER


_NEVER_A_NUMBER = frozenset(
    {"AGE", "CREDENTIAL", "DATE_OF_BIRTH", "EMAIL_ADDRESS", "IP_ADDRESS", "SOCIAL_HANDLE", "UK_ADDRESS", "UK_NINO"}
    | {"UK_POSTCODE"}
)


def labels(rules: Iterable[Rule]) -> tuple[str, ...]:
    """Every phrase that is known to head a column or to stand before a form's field: what a header row is known by.
    Labels of one word count only where a file names them as headers, too: "Mac" and "visa" begin many a cell."""
    return tuple(sorted({phrase for rule in rules for phrase in _headers(rule.file)}))


def _headers(file: RecogniserFile) -> Iterator[str]:
    yield from file.headers
    if not (file.labels or file.headers):
        yield from file.context
    yield from (label for label in file.labels if len(words_of(label)) > 1)
