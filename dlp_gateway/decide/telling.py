"""What the copy of a message tells, and about whom: which findings count for a recipient.

Not personal data to protect (the second list under "Data categories" of the policy) is what is
exempt, the author's own, the recipients' own names and addresses, and what is quoted from this same
recipient. It depends on which of the individuals the recipient is and on whether the quoted text is theirs, so
nearly all recipients of a message share one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from ..model import PERSONAL, Area, AskNames, Category, Finding, Individual
from .policy import FindingFilter

if TYPE_CHECKING:
    from .view import MessageView

BEYOND_NAME = PERSONAL - {Category.NAME}
_OWN_ENTITIES = frozenset({"PERSON", "UK_ADDRESS", "UK_POSTCODE", "PHONE_NUMBER", "EMAIL_ADDRESS"})
_SEEN_BY_ALL = frozenset({"PERSON", "EMAIL_ADDRESS"})


class Telling:
    """What counts in the copies of recipients who are the individuals `itself` (indexes), and from
    whom all that is quoted came (`quoted_theirs`)."""

    def __init__(self, message: MessageView, itself: tuple[int, ...], *, quoted_theirs: bool) -> None:
        self.message = message
        self.itself = itself
        self.quoted_theirs = quoted_theirs
        self._chosen: dict[tuple[str, float | None], tuple[int, ...]] = {}
        # Many rules ask the same of many recipients: each answer is made once for all who share this telling.
        self._findings: dict[tuple[object, ...], tuple[Finding, ...]] = {}
        self._people: dict[tuple[frozenset[Category], bool, str], int] = {}
        self._near: dict[tuple[frozenset[Category], frozenset[Category], int], bool] = {}
        self._tallies: dict[str, tuple[dict[int, set[Category]], dict[tuple[Category, str], set[str]]]] = {}

    def _least(self, min_confidence: float | None) -> float:
        return self.message.rulebook.policy.min_confidence if min_confidence is None else min_confidence

    @cached_property
    def _relevant(self) -> tuple[int, ...]:
        """Candidates without what is quoted from this recipient."""
        if not self.quoted_theirs:
            return self.message.candidates
        findings = self.message.inspection.findings
        return tuple(i for i in self.message.candidates if not findings[i].quoted)

    def _is_own_name_or_address(self, index: int) -> bool:
        """Whether the finding is this recipient's own name or address, or the name or e-mail address
        of another recipient that all can read in the header."""
        entity = self.message.inspection.findings[index].entity
        people = self.message.people_of.get(index)
        if entity not in _OWN_ENTITIES or not people:
            return False
        if all(n in self.itself for n in people):
            return True
        if entity not in _SEEN_BY_ALL:
            return False
        headers = self.message.header_addresses
        return all(
            n in self.itself or any(self.message.classify(a).address in headers for a in self._person(n).recipients)
            for n in people
        )

    def _person(self, number: int) -> Individual:
        return self.message.individuals[number]

    @cached_property
    def counted(self) -> tuple[int, ...]:
        """Indexes of the findings that are personal data to protect, or credentials, of any confidence."""
        return tuple(i for i in self._relevant if not self._is_own_name_or_address(i))

    @cached_property
    def data_subjects(self) -> tuple[int, ...]:
        """Indexes of the individuals about whom more than a name is told, the author left out."""
        least, findings = self._least(None), self.message.inspection.findings
        telling = {i for i in self._relevant if findings[i].category in BEYOND_NAME and findings[i].confidence >= least}
        return tuple(
            n for n, person in enumerate(self.message.individuals)
            if not person.is_author and not telling.isdisjoint(person.findings)
        )  # fmt: skip

    @cached_property
    def only_data_subject(self) -> bool:
        """Whether all that is told is about this recipient. Data that stands with nobody is taken for
        theirs in the text of the mail, not in an attachment that does not name them, and not where
        two official identifiers of one kind show that there are two people."""
        people = self.data_subjects or self._only_person
        if not people or any(n not in self.itself for n in people):
            return False
        return all(self._adopts(i) for i in self._loose) and not self._two_people

    @property
    def _only_person(self) -> tuple[int, ...]:
        """This recipient, where data stands with nobody and the mail names no one else."""
        others = any(not p.is_author and n not in self.itself for n, p in enumerate(self.message.individuals))
        return self.itself if self._loose and not others else ()

    @cached_property
    def _loose(self) -> tuple[int, ...]:
        """Findings beyond names that stand with nobody."""
        least, findings = self._least(None), self.message.inspection.findings
        return tuple(
            i
            for i in self._relevant
            if i not in self.message.people_of
            and findings[i].category in BEYOND_NAME
            and findings[i].confidence >= least
        )

    @cached_property
    def _own_parts(self) -> frozenset[str]:
        findings = self.message.inspection.findings
        return frozenset(findings[i].part for n in self.itself for i in self._person(n).findings if i < len(findings))

    def _adopts(self, index: int) -> bool:
        finding = self.message.inspection.findings[index]
        return finding.area is not Area.ATTACHMENT or finding.part in self._own_parts

    @cached_property
    def _two_people(self) -> bool:
        findings = self.message.inspection.findings
        values: dict[str, set[str]] = {}
        for i in self._relevant:
            if findings[i].category is Category.IDENTITY:
                values.setdefault(findings[i].entity, set()).add(findings[i].fingerprint)
        return any(len(prints) > 1 for prints in values.values())

    def is_about_recipient(self, index: int) -> bool:
        """Whether a finding tells of nobody but this recipient."""
        people = self.message.people_of.get(index)
        if people:
            return all(n in self.itself for n in people)
        return self.only_data_subject and self._adopts(index)

    def chosen(self, about: str, min_confidence: float | None = None) -> tuple[int, ...]:
        """Indexes of the counted findings about `anyone`, `others` or the `recipient`."""
        key = (about, min_confidence)
        if key not in self._chosen:
            least, findings = self._least(min_confidence), self.message.inspection.findings
            sure = (i for i in self.counted if findings[i].confidence >= least)
            if about != "anyone":
                sure = (i for i in sure if self.is_about_recipient(i) == (about == "recipient"))
            self._chosen[key] = tuple(sure)
        return self._chosen[key]

    def findings(self, wanted: FindingFilter) -> tuple[Finding, ...]:
        """The counted findings that a condition looks at."""
        key = (wanted.about, wanted.min_confidence, wanted.hidden_only, wanted.place)
        if key not in self._findings:
            self._findings[key] = tuple(self._looked_at(wanted))
        return self._findings[key]

    def _looked_at(self, wanted: FindingFilter) -> Iterator[Finding]:
        findings, shown = self.message.inspection.findings, self.message.open_values
        for index in self.chosen(wanted.about, wanted.min_confidence):
            finding = findings[index]
            if wanted.hidden_only and (not finding.hidden or finding.fingerprint in shown):
                continue
            if wanted.place and not (
                finding.area.value in wanted.place or (finding.hidden and "hidden" in wanted.place)
            ):
                continue
            yield finding

    def stand_near(self, of: frozenset[Category], to: frozenset[Category], within: int) -> bool:
        """Whether a finding of one of these categories stands at most so many characters from one of the others."""
        key = (of, to, within)
        if key not in self._near:
            findings = self.message.inspection.findings
            self._near[key] = _stand_near([findings[i] for i in self.chosen("anyone")], of, to, within)
        return self._near[key]

    def categories(self, about: str = "anyone") -> frozenset[Category]:
        findings = self.message.inspection.findings
        return frozenset(findings[i].category for i in self.chosen(about))

    def count_people(self, wanted: frozenset[Category], *, named: bool, about: str) -> int:
        """How many people a name (if `named`) stands with data of one of these categories for.

        Also counts what grouping may have missed: different values of one kind of official
        identifier are as many people; and where nobody was grouped at all, the most frequent kind.
        """
        key = (wanted, named, about)
        if key not in self._people:
            self._people[key] = self._count(wanted, named=named, about=about)
        return self._people[key]

    def _count(self, wanted: frozenset[Category], *, named: bool, about: str) -> int:
        kinds_of_person, values = self._tally(about)
        named = named and self._names_known
        people = sum(
            1 for kinds in kinds_of_person.values() if kinds & wanted and (Category.NAME in kinds or not named)
        )
        if self.message.individuals:
            missed = frozenset() if named else wanted & {Category.IDENTITY}
        else:
            names = any(category is Category.NAME for category, _ in values)
            missed = wanted if names or not named else frozenset()
        telling = (len(prints) for (category, _), prints in values.items() if category in missed)
        return max(people, max(telling, default=0))

    def count_recorded(self, indexes: Collection[str], about: str) -> int:
        """How many people stand in one of these indexes of the council's records; one where that is nobody grouped.

        All findings count here, whatever exempts them otherwise: that somebody is recorded is no guess.
        """
        people: set[int] = set()
        nobody = 0
        for index, finding in enumerate(self.message.inspection.findings):
            if finding.indexes and not set(finding.indexes).isdisjoint(indexes):
                whose = self.message.people_of.get(index, ())
                own = bool(whose) and all(n in self.itself for n in whose)
                if about == "anyone" or own == (about == "recipient"):
                    people.update(whose)
                    nobody = nobody or int(not whose)
        return max(len(people), nobody)

    def _tally(self, about: str) -> tuple[dict[int, set[Category]], dict[tuple[Category, str], set[str]]]:
        """The categories found for each person but the author (and but the recipient, for `others`),
        and the different values of each entity."""
        if about not in self._tallies:
            findings = self.message.inspection.findings
            skipped = {n for n, person in enumerate(self.message.individuals) if person.is_author}
            if about == "others":
                skipped.update(self.itself)
            kinds: dict[int, set[Category]] = {}
            values: dict[tuple[Category, str], set[str]] = {}
            for i in self.chosen(about):
                finding = findings[i]
                values.setdefault((finding.category, finding.entity), set()).add(finding.fingerprint)
                for n in self.message.people_of.get(i, ()):
                    if n not in skipped:
                        kinds.setdefault(n, set()).add(finding.category)
            self._tallies[about] = (kinds, values)
        return self._tallies[about]

    @property
    def _names_known(self) -> bool:
        """Without the recognition of names no person has one: then asking for it would hold nothing."""
        inspection = self.message.inspection
        return (
            inspection.names_asked
            or inspection.question.names is AskNames.NEVER
            or any(f.category is Category.NAME for f in inspection.findings)
        )

    @cached_property
    def attachment_tells_of_others(self) -> bool:
        """Whether an attachment is about people of whom the body says nothing, the body about somebody else."""
        findings = self.message.inspection.findings
        least = self._least(None)
        in_body: set[int] = set()
        attached: set[int] = set()
        for i in self._relevant:
            finding = findings[i]
            if finding.confidence < least or finding.category not in PERSONAL:
                continue
            place = attached if finding.area in (Area.ATTACHMENT, Area.FILE_NAME) else in_body
            place.update(n for n in self.message.people_of.get(i, ()) if not self._person(n).is_author)
        tell = set(self.data_subjects)
        strangers = (attached & tell) - in_body - set(self.itself)
        return bool(strangers) and bool(in_body) and in_body.isdisjoint(attached)


def _stand_near(found: Iterable[Finding], of: frozenset[Category], to: frozenset[Category], within: int) -> bool:
    # One pass in order of place: pairing every two findings would take a spreadsheet minutes.
    ends: dict[tuple[str, str, bool], int] = {}
    for finding in sorted(found, key=lambda f: f.start):
        for kinds, is_first in ((of, True), (to, False)):
            last = ends.get((finding.part, finding.place, not is_first))
            if finding.category in kinds and last is not None and finding.start - last <= within:
                return True
        for kinds, is_first in ((of, True), (to, False)):
            if finding.category in kinds:
                key = (finding.part, finding.place, is_first)
                ends[key] = max(finding.end, ends.get(key, 0))
    return False
