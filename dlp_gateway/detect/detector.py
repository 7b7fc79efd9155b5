"""What personal data a message's passages hold, and about whom: the one entry of `detect`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain

from ..errors import Fault
from ..model import Area, AskNames, Category, Controls, Detection, Exemption, Finding, Passage, Question
from .alike import alike_values
from .carried import carried_values
from .disguise.disguised import DisguiseReader
from .fingerprint import fingerprint, mask
from .found import Found, Reading
from .layout import Layout, lay_out
from .markings import find_markings
from .names import NameFinder, NameKind, NameMatch
from .names.naming import NameReader, Names
from .normalise import Canonical, canonical
from .overlap import Match, Spans, resolve
from .passages import counts_here, names_people, says_the_topic
from .patterns.context import same_length_lower
from .patterns.pattern import Rule
from .patterns.recogniser_file import RecogniserFile
from .people.announced_numbers import AnnouncedFinder
from .people.beside_names import beside_names
from .people.exempt import Exempter
from .people.homes_beside_names import homes_beside_names
from .people.homes_in_cells import homes_in_cells
from .people.individuals import Recipients, link_individuals
from .people.lines import NamedPeople
from .people.listed_births import listed_births
from .people.listed_numbers import ListFinder
from .people.numbers_beside_names import NumberFinder
from .people.numbers_of_mentioned import MentionFinder
from .people.office_lines import is_office_line
from .people.salutation import mismatched_recipients
from .people.spellings import Spellings
from .people.told import Told, told_by
from .places.gazetteer import Gazetteer
from .places.street_address import AddressFinder
from .places.surroundings import Surroundings
from .recognisers.engine import Engine
from .records.documents import DocumentMatcher
from .records.exact_match import ExactMatcher
from .records.index_table import NOTHING_REGISTERED, CouncilRecords
from .references.finder import Seen, finder_of
from .ruleset import SENSITIVE, Ruleset, StatementFile, TermFile, load_ruleset
from .sensitive.lexicon import TermScanner, match_of_term
from .sensitive.record_notes import RecordNotes
from .sensitive.somebody import Known, known_in
from .sensitive.statement_model import load_model
from .sensitive.statements import RECOGNISER, Clauses, StatementReader, asks_for_statements
from .tables.homes_in_rows import homes_in_rows
from .tables.table_reader import TableReader

_NO_LATER = 2020  # the year of a birth, where nobody says when now is
_NUMBERED = frozenset({Category.REFERENCE, Category.IDENTITY, Category.FINANCIAL})
_NAME_MASK = "{^1}###"
_COMMON_WORDS = 10_000  # of English, which the language model need not learn anew for each message


class Detector:
    """Recognisers and lexicons of one rules folder, ready to read messages. One message at a time.

    `texts` maps relative names ("recognisers/x.yaml", "lexicons/y.yaml") to their text; other names are
    ignored. `names`: load the language model (some 250 MiB); without it names are found by rule only.
    `records`: what the council has registered, open.
    Raises ConfigError with every fault of every file.
    """

    def __init__(
        self,
        texts: Mapping[str, str],
        *,
        names: bool,
        fingerprint_key: bytes,
        records: CouncilRecords = NOTHING_REGISTERED,
    ) -> None:
        self._ruleset = load_ruleset(texts)
        self._key = fingerprint_key
        self._statements = _statement_reader(self._ruleset)
        common_words = self._statements.common_words(_COMMON_WORDS) if self._statements is not None else ()
        self._engine = Engine(self._ruleset.scanner, names=names, common_words=common_words)
        gazetteer = Gazetteer(self._ruleset.words)
        self._addresses = AddressFinder(self._ruleset, gazetteer)
        self._surroundings = Surroundings(self._ruleset, gazetteer, self._addresses)
        self._names = NameFinder(self._ruleset)
        self._naming = NameReader(self._names, self._engine)
        self._terms = TermScanner(self._ruleset.terms)
        self._notes = RecordNotes(self._terms, self._statements, self._ruleset.terms)
        self._tables = TableReader(self._ruleset, self._terms, self._statements)
        self._spellings = Spellings(self._ruleset.phrases("short-names"))
        self._records = ExactMatcher(records, self._ruleset.phrases("short-names"))
        self._documents = DocumentMatcher(records)
        self._numbers = NumberFinder(self._ruleset.scanner)
        self._lists = ListFinder(self._ruleset.scanner)
        self._announced = AnnouncedFinder(self._ruleset.scanner)
        self._mentions = MentionFinder(self._ruleset.scanner)
        self._references = finder_of(self._ruleset)
        self._disguises = DisguiseReader(self._engine, self._ruleset.scanner)

    @property
    def version(self) -> str:
        """Identifies the texts: equal for equal recognisers and lexicons."""
        return self._ruleset.version

    @property
    def model_runs(self) -> int:
        """Pieces of text that the language model has read so far."""
        return self._engine.name_engine.runs

    def detect(
        self, passages: Sequence[Passage], controls: Controls, question: Question, display_names: Mapping[str, str]
    ) -> Detection:
        """What the passages hold. `display_names` maps addresses in lower case to their display names.

        The findings are in the order of the passages, then of the text; they hold no clear value.
        """
        readings = [self._read(index, passage) for index, passage in enumerate(passages)]
        exempter = Exempter(question, controls, display_names, self._spellings.alike)
        found = [item for reading in readings for item in self._patterns(reading, question)]
        found += [_found(reading, match) for reading, match in carried_values(readings, found)]
        exempter.mark(found)
        asked = question.names is AskNames.ALWAYS or (
            question.names is AskNames.WITH_OTHER_DATA
            and any(f.exempt is None and f.category is not Category.NAME for f in found)
        )
        named = self._all_names(readings, question, exempter, found, full=asked)
        found += self._beside(readings, named, found, question, exempter)
        told = self._told(readings, question)
        terms = self._all_terms(told, question, found, named, _known(question, found, named, full=asked))
        if question.names is AskNames.WITH_OTHER_DATA and not asked and terms:
            asked = True
            named = self._all_names(readings, question, exempter, found, full=True)
            found += self._beside(readings, named, found, question, exempter)
            terms = self._all_terms(told, question, found, named, _known(question, found, named, full=True))
        everything = sorted([*found, *named, *terms], key=lambda f: (f.reading.index, f.start, f.end, f.entity))
        recipients = Recipients(question.recipients, display_names, self._spellings)
        recipients.learn(everything)
        recipients.settle_greetings(everything)
        return Detection(
            findings=tuple(self._finding(item) for item in everything),
            individuals=self._records.known_to(
                link_individuals(everything, recipients, exempter, self._key), everything, question
            ),
            markings=find_markings(readings, question),
            salutation_mismatch=mismatched_recipients(readings, recipients, self._names),
            names_asked=asked,
            documents=self._documents.match(readings) if question.documents else (),
        )

    def check_examples(self) -> list[Fault]:
        """The examples in the files that do not hold, each as a fault with its place."""
        ruleset = self._ruleset
        faults = [
            fault for rule in ruleset.scanner.rules for fault in self._broken(rule.id, rule.file, self._finds(rule))
        ]
        for name, lexicon in ruleset.terms.items():
            faults += self._broken(name, lexicon, self._finds_term_of(name))
        if ruleset.statements is not None and self._statements is not None:
            faults += self._broken(RECOGNISER, ruleset.statements, _finds_statement(self._statements))
        return faults

    def _broken(
        self, identity: str, file: RecogniserFile | TermFile | StatementFile, finds: Callable[[str], bool]
    ) -> Iterator[Fault]:
        expected = {"matches": (file.matches, True), "no_match": (file.no_match, False)}
        for key, (examples, wanted) in expected.items():
            for index, example in enumerate(examples):
                if finds(example) is not wanted:
                    words = "is not found, but should be" if wanted else "is found, but should not be"
                    yield self._ruleset.documents[identity].fault((key, index), f"{key}: the example {words}")

    def _finds(self, rule: Rule) -> Callable[[str], bool]:
        wanted = frozenset({rule.entity})
        return lambda text: any(
            hit.recogniser == rule.id
            for hit in (
                *self._engine.patterns(canonical(text).text, wanted),
                *(self._lists.of_text(canonical(text).text) if rule.file.listed or rule.file.listed_where_told else ()),
                *(self._mentions.of_text(canonical(text).text) if rule.file.spoken_of else ()),
            )
        )

    def _finds_term_of(self, lexicon: str) -> Callable[[str], bool]:
        return lambda text: any(term.lexicon == lexicon for term in self._terms.scan(text, []))

    def _read(self, index: int, passage: Passage) -> Reading:
        if passage.table:
            return Reading(index=index, passage=passage, canonical=Canonical(text=""), layout=Layout())
        text = canonical(passage.text)
        layout = lay_out(text.text, body=passage.area is Area.BODY)
        tables = self._tables.pasted(text.text)
        return Reading(index=index, passage=passage, canonical=text, layout=layout, tables=tables)

    def _patterns(self, reading: Reading, question: Question) -> list[Found]:
        if reading.passage.table:
            found = self._tables.read(reading, question.entities, names=question.names is not AskNames.NEVER)
        else:
            text = reading.canonical.text
            matches = self._engine.patterns(text, question.entities)
            matches = resolve(self._addresses.complete(text, matches, question.entities))
            found = [_found(reading, match) for match in matches if reading.row_at(match.start) is None]
            for table in reading.tables:
                asked = question.names is not AskNames.NEVER
                found += self._tables.read_pasted(reading, table, question.entities, names=asked)
            for match in homes_in_rows(reading, matches, found):
                found.append(_found(reading, match))
                found[-1].row = reading.row_at(match.start)
        found += self._disguises.read(reading, question.entities, found)
        found = self._addresses.without_offices(reading.canonical.text, found)
        return [item for item in found if counts_here(reading.passage, item.entity) and not is_office_line(item)]

    def _all_names(
        self, readings: Sequence[Reading], question: Question, exempter: Exempter, found: list[Found], *, full: bool
    ) -> list[Found]:
        if question.entities is not None and "PERSON" not in question.entities:
            return self._records.match(readings, found, question, exempter)
        read = [r for r in readings if names_people(r.passage)]
        names = self._naming.read(read, found, full=full)
        named = [item for reading in read for item in self._placed(reading, names[reading.index], question, found)]
        exempter.mark(named)
        return [*named, *self._records.match(readings, [*found, *named], question, exempter)]

    def _placed(self, reading: Reading, names: Names, question: Question, found: list[Found]) -> list[Found]:
        """The names of a passage where nothing else was found; with a title also where an address begins with one."""
        taken, homes = Spans(), Spans()
        for item in found:
            if item.reading is reading:
                layer = homes if item.entity == "UK_ADDRESS" else taken
                if layer.free(item.at, item.until):
                    layer.add(item.at, item.until)
        named = [
            _named(reading, match)
            for match in names.matches
            if taken.free(match.start, match.end) and (match.title or homes.free(match.start, match.end))
        ]
        for item in named:
            item.row = reading.row_at(item.at)
        if not question.surroundings:
            return named
        beside = self._surroundings.find(reading.canonical.text, names.spans)
        return [*named, *_beside(reading, beside, named, taken, homes)]

    def _beside(
        self,
        readings: Sequence[Reading],
        named: Sequence[Found],
        found: Sequence[Found],
        question: Question,
        exempter: Exempter,
    ) -> list[Found]:
        """What only the name beside it makes a date of birth, an age or a reference, where nothing else was found."""
        year = question.received_at.year if question.received_at is not None else _NO_LATER
        known = {(item.reading.index, item.at) for item in found}
        wanted = question.entities
        people = NamedPeople.among([*named, *found])
        births = listed_births(people, this_year=year)
        premises = self._ruleset.phrases("premises")
        homes = homes_beside_names(named, found, premises)
        cells = homes_in_cells(people, [*found, *named], premises)
        told = chain(births, beside_names(named, this_year=year), homes, cells)
        beside = [
            _found(reading, match)
            for place, (reading, match) in {(r.index, m.start): (r, m) for r, m in told}.items()
            if place not in known and (wanted is None or match.entity in wanted)
        ]
        told_of_numbers = cache(lambda: self._told_of_numbers(readings))
        numbers = self._numbers_of(people, told_of_numbers, [*found, *beside], wanted)
        numbers += [
            _found(*one)
            for one in alike_values(people, [*found, *numbers])
            if wanted is None or one[1].entity in wanted
        ]
        if self._references is not None:
            written = [r for r in readings if r.passage.area is not Area.HEADER and names_people(r.passage)]
            seen = Seen(texts=written, people=people, found=[*found, *named, *beside, *numbers], told=told_of_numbers)
            numbers += [_found(*one) for one in self._references.find(seen, wanted)]
        for item in numbers:
            item.row = item.reading.row_at(item.at)
        exempter.mark(numbers)
        return [*beside, *numbers]

    def _numbers_of(
        self,
        people: NamedPeople,
        told_of_numbers: Callable[[], Told],
        found: Sequence[Found],
        wanted: frozenset[str] | None,
    ) -> list[Found]:
        """The numbers beside people, in lists of them, and in what is said of them."""
        if not people.spans:
            return []
        told = told_of_numbers()
        spoken = told.topics
        numbers: list[Found] = []
        if people.have_numbers():
            numbers += [_found(*one) for one in self._numbers.find(people, found, wanted, spoken)]
            numbers += [_found(*one) for one in self._lists.find(people, [*found, *numbers], wanted, told)]
        numbers += [_found(*one) for one in self._announced.find(people, [*found, *numbers], wanted, told)]
        return [*numbers, *(_found(*one) for one in self._mentions.find(people, [*found, *numbers], wanted, spoken))]

    def _told_of_numbers(self, readings: Sequence[Reading]) -> Told:
        """What the message says of the kinds of the numbers in it."""
        lower = {
            reading.index: same_length_lower(reading.canonical.text)
            for reading in readings
            if says_the_topic(reading.passage)
        }
        subjects = [r for r in readings if r.passage.area is Area.SUBJECT and r.index in lower]
        return told_by(self._ruleset.scanner.book, lower.values(), [lower[r.index] for r in subjects])

    def _told(self, readings: Sequence[Reading], question: Question) -> list[tuple[Reading, Clauses | None]]:
        """All that is no table, with what the model of statements thinks of its clauses; of a signature nothing: it
        says what its writer is, and what every mail of a council's ends with."""
        told = [reading for reading in readings if not reading.passage.table]
        if self._statements is None or not asks_for_statements(question.entities):
            return [(reading, None) for reading in told]
        asked = self._statements.ask((reading.canonical.text, reading.layout.is_signature) for reading in told)
        return list(zip(told, asked, strict=True))

    def _all_terms(
        self,
        told: Sequence[tuple[Reading, Clauses | None]],
        question: Question,
        found: list[Found],
        named: list[Found],
        known: Known,
    ) -> list[Found]:
        """What all texts say of people. What one says for sure makes the others the more likely to say something."""
        scanned = [(reading, asked, *self._scanned(reading, question, found, named)) for reading, asked in told]
        terms = [item for one in scanned for item in self._terms_of(*one, question, found, known, amid=False)]
        if self._statements is None or not any(self._is_sure(one[0], one[1], terms) for one in scanned):
            return terms
        return [item for one in scanned for item in self._terms_of(*one, question, found, known, amid=True)]

    def _is_sure(self, reading: Reading, asked: Clauses | None, terms: Sequence[Found]) -> bool:
        assert self._statements is not None
        spans = ((item.at, item.until) for item in terms if item.reading is reading)
        return asked is not None and self._statements.is_sure(asked, spans)

    def _scanned(
        self, reading: Reading, question: Question, found: list[Found], named: list[Found]
    ) -> tuple[list[tuple[int, int]], list[Match]]:
        """The people spoken of in a text, and what lexicons find in it."""
        numbers = Spans.of((f.at, f.until) for f in found if f.reading is reading and f.category in _NUMBERED)
        people = [f for f in named if f.entity == "PERSON" and f.exempt is None and not f.greeting]
        persons = [(f.at, f.until) for f in people if f.reading is reading and not reading.layout.is_signature(f.at)]
        return persons, [
            match_of_term(term, self._ruleset.terms[term.lexicon])
            for term in self._terms.scan(reading.canonical.text, persons, question.entities)
            # "Social Worker" below a sign-off is what its writer is, "TB" before eight digits a penalty charge.
            if not (term.weak and reading.layout.is_signature(term.start)) and not numbers.holds(term.start, term.end)
        ]

    def _terms_of(
        self,
        reading: Reading,
        asked: Clauses | None,
        persons: list[tuple[int, int]],
        matches: list[Match],
        question: Question,
        found: list[Found],
        known: Known,
        *,
        amid: bool,
    ) -> list[Found]:
        here = [f for f in found if f.reading is reading]
        in_tables = {(f.entity, f.at) for f in here}
        if self._statements is not None and asked is not None:
            matches = self._statements.judge(asked, persons, matches, question.entities, known, amid=amid)
        if persons and asks_for_statements(question.entities):
            text = reading.canonical.text
            notes = self._notes.find(text, sorted(persons), here, question.entities, amid=amid)
            matches = _with_notes(matches, notes)
        return [_found(reading, match) for match in resolve(matches) if (match.entity, match.start) not in in_tables]

    def _finding(self, item: Found) -> Finding:
        return Finding(
            entity=item.entity,
            category=item.category,
            recogniser=item.recogniser,
            part=item.reading.passage.part,
            place=item.place,
            start=item.start,
            end=item.end,
            confidence=item.confidence,
            fingerprint=fingerprint(self._key, item.entity, item.value),
            masked=mask(item.mask, item.value),
            area=item.area,
            hidden=item.reading.passage.hidden,
            quoted=item.quoted,
            exempt=item.exempt,
            indexes=item.indexes,
        )


def _known(question: Question, found: Sequence[Found], named: Sequence[Found], *, full: bool) -> Known:
    """Whom a message makes known. Where names were not all looked for (`full`), somebody may be named; where not all
    entities are, anybody may be known."""
    if question.entities is not None:
        return Known.IDENTIFIED
    known = known_in(found, named)
    return known if full else max(known, Known.NAMED)


def _statement_reader(ruleset: Ruleset) -> StatementReader | None:
    """The reader of statements; none where the rules hold no file for it, or switch it off."""
    file = ruleset.statements
    return StatementReader(file, load_model(), ruleset.names) if file is not None and file.threshold <= 1 else None


def _with_notes(matches: list[Match], notes: list[Match]) -> list[Match]:
    """Matches with those notes of lists that stand where nothing of their kind was found."""
    known = {entity: Spans.of((m.start, m.end) for m in matches if m.entity == entity) for entity in SENSITIVE}
    return [*matches, *(note for note in notes if known[note.entity].free(note.start, note.end))]


def _finds_statement(statements: StatementReader) -> Callable[[str], bool]:
    def finds(text: str) -> bool:
        (asked,) = statements.ask([(text, lambda _start: False)])
        return bool(statements.judge(asked, [], []))

    return finds


def _found(reading: Reading, match: Match) -> Found:
    start, end = reading.canonical.span(match.start, match.end)
    return Found(
        reading=reading,
        entity=match.entity,
        category=match.category,
        recogniser=match.recogniser,
        at=match.start,
        until=match.end,
        start=start,
        end=end,
        place=reading.passage.place,
        value=reading.canonical.text[match.start : match.end],
        confidence=match.confidence,
        mask=match.mask,
        quoted=reading.layout.is_quoted(match.start),
    )


def _named(reading: Reading, match: NameMatch) -> Found:
    item = _found(
        reading,
        Match(
            entity="PERSON",
            category=Category.NAME,
            recogniser=match.kind.value,
            start=match.start,
            end=match.end,
            confidence=match.confidence,
            mask=_NAME_MASK,
        ),
    )
    item.title = match.title
    item.greeting = match.kind is NameKind.GREETING
    if match.public:
        item.exempt = Exemption.PUBLIC_ROLE
    return item


def _beside(
    reading: Reading, matches: Sequence[Match], named: Sequence[Found], taken: Spans, homes: Spans
) -> list[Found]:
    """What a text names besides people, where nothing else was found."""
    for item in named:
        taken.add(item.at, item.until)
    found = [
        _found(reading, match)
        for match in matches
        if taken.free(match.start, match.end) and homes.free(match.start, match.end)
    ]
    for item in found:
        item.exempt = Exemption.CONTEXT
    return found
