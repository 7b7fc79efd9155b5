"""The recognisers and lexicons of a rules folder, read, checked and compiled as a whole."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PlainValidator,
    TypeAdapter,
    ValidationInfo,
    field_validator,
    model_validator,
)

from ..errors import ConfigError, Fault
from ..model import Category
from ..yaml_file import Document, load_document, validate
from .checks import CHECKS
from .checks.banking import parts_of_account
from .checks.modulus_weights import ModulusTable, read_table
from .patterns.likeness import with_likeness
from .patterns.pattern import PatternScanner, Rule
from .patterns.recogniser_file import RecogniserFile
from .sensitive.phrases import Groups, Phrase, read_phrase
from .sensitive.somebody import Known

RECOGNISERS = "recognisers/"
LEXICONS = "lexicons/"
_OTHER_NUMBERS = "number-labels"
_NAMES = ("first-names", "first-names-added", "last-names", "last-names-added")
_NOT_ONLY_NAMES = (
    "ambiguous-names",
    "ordinary-words",
    "not-names",
    "places",
    "uk-towns",
    "uk-counties",
    "world-cities",
)
_NO_NAMES = "not-names"
_SHORTEST_NAME = 3
_SHORTEST_TERM = 5
_WITH_ACCOUNT = frozenset({"sort_code_and_account", "sort_code_no_date"})

SENSITIVE = frozenset({"SPECIAL_CATEGORY", "CRIMINAL_OFFENCE", "SAFEGUARDING"})
"""The entities that say something sensitive of a person."""

TermPhrase = Annotated[str, Field(min_length=2, max_length=600)]
_TERM_PHRASE = TypeAdapter[str](TermPhrase)


def _phrase(value: object, info: ValidationInfo) -> Phrase:
    return read_phrase(_TERM_PHRASE.validate_python(value), info.data.get("groups", {}))


def _term(value: object, info: ValidationInfo) -> Phrase:
    """What may follow a term says nothing; what may follow a phrase of no meaning is a part of it."""
    return _phrase(value.removesuffix(" {any}") if isinstance(value, str) else value, info)


Terms = tuple[Annotated[Phrase, PlainValidator(_term)], ...]
"""Phrases that say something."""


class TermFile(BaseModel):
    """A lexicon of phrases that say something sensitive about a person; docs/lexicons.md tells how they are written.

    What `says` it is a whole statement. A `strong` phrase counts with a person near, a `weak` one only where the
    words before tie it to a person; neither counts inside one of `not_in`. `groups` are named lists for phrases.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["terms"]
    entity: str = Field(pattern=r"^[A-Z][A-Z0-9_]{1,40}$")
    category: Category
    topic: str = Field(max_length=40)  # what a reviewer is shown instead of the words
    source: str = ""
    groups: Annotated[
        Mapping[Annotated[str, Field(pattern=r"^[a-z_]{2,30}$")], tuple[TermPhrase, ...]], AfterValidator(Groups)
    ] = {}
    says: Terms = ()
    strong: Terms = ()
    weak: Terms = ()
    not_in: tuple[Annotated[Phrase, PlainValidator(_phrase)], ...] = ()
    headers: tuple[TermPhrase, ...] = ()  # of columns in which any value says it, where rows are people
    matches: tuple[str, ...] = Field((), min_length=1)
    no_match: tuple[str, ...] = Field((), min_length=1)


class Trust(BaseModel):
    """From which likelihood on what the model of statements tells counts, and below which what lexicons find does not.

    A threshold above 1: it never counts, and is not asked.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    threshold: float = Field(ge=0.2, le=1.1)
    doubt: float = Field(0.0, ge=0, le=1)


class StatementFile(Trust):
    """How the model of statements is used, and what a reviewer is shown: where a message identifies somebody, where it
    only names people (`named`), and where it does not even that (`nobody`). Where something found stands in a clause
    that the model believes as likely as `sure`, the rest of the message is about such things, too: `amid` is enough."""

    kind: Literal["statements"]
    named: Trust = Trust(threshold=0.7, doubt=0.3)
    nobody: Trust = Trust(threshold=0.9, doubt=0.45)
    sure: float = Field(0.6, ge=0.2, le=1.1)
    amid: float = Field(0.45, ge=0.2, le=1.1)
    least: Mapping[str, Annotated[float, Field(ge=0, le=1.1)]] = {}  # of an entity, whatever else is enough
    least_amid: Mapping[str, Annotated[float, Field(ge=0, le=1.1)]] = {}  # the same, amid what is sure
    topics: Mapping[str, Annotated[str, Field(max_length=40)]]  # of each entity
    source: str = ""
    matches: tuple[str, ...] = Field((), min_length=1)
    no_match: tuple[str, ...] = Field((), min_length=1)

    def trust(self, known: Known, *, amid: bool = False) -> Trust:
        """What counts in a message that makes so much known of whom it speaks; `amid`: and says something for sure."""
        trust = {Known.IDENTIFIED: self, Known.NAMED: self.named, Known.NOBODY: self.nobody}[known]
        if amid and known > Known.NOBODY:
            return Trust(threshold=min(trust.threshold, self.amid), doubt=trust.doubt)
        return trust

    def least_of(self, entity: str, *, amid: bool) -> float:
        """What is asked of a kind whatever else is enough."""
        return (self.least_amid if amid else self.least).get(entity, 0.0)

    @field_validator("least", "least_amid")
    @classmethod
    def _names_entities(cls, value: Mapping[str, float]) -> Mapping[str, float]:
        if value.keys() - SENSITIVE:
            raise ValueError(f"may name {', '.join(sorted(SENSITIVE))} only")
        return value

    @field_validator("topics")
    @classmethod
    def _names_all(cls, value: Mapping[str, str]) -> Mapping[str, str]:
        if value.keys() != SENSITIVE:
            raise ValueError(f"must name a topic each of {', '.join(sorted(SENSITIVE))}")
        return value


class WordFile(BaseModel):
    """A lexicon of words. `text` holds single words between spaces, `words` phrases."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["words"]
    source: str = ""
    text: str = ""
    words: tuple[str, ...] = ()


class ReferenceFile(BaseModel):
    """How the model of references is used: how likely a number must be a reference of somebody's. A threshold above 1:
    it is not asked."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["references"]
    threshold: float = Field(ge=0.05, le=1.1)
    confidence: float = Field(0.55, gt=0, le=1)
    mask: str = Field(max_length=40)
    source: str = ""


class WeightsFile(BaseModel):
    """Weights for checking account numbers against sort codes, as Pay.UK publishes them. Not shipped."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Literal["weights"]
    source: str = ""
    text: str
    substitutes: str = ""

    @model_validator(mode="after")
    def _can_be_read(self) -> WeightsFile:
        try:
            read_table(self.text, self.substitutes)
        except ValueError as error:
            raise ValueError(f"text: {error}") from None
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruleset:
    """All rules. `words` maps a word lexicon's name (its file without ending) to its words in lower case."""

    version: str
    scanner: PatternScanner
    terms: Mapping[str, TermFile]
    words: Mapping[str, frozenset[str]]
    documents: Mapping[str, Document]
    statements: StatementFile | None = None
    references: ReferenceFile | None = None
    names: frozenset[str] = frozenset()  # the words that are names of people and nothing else

    def phrases(self, name: str) -> tuple[str, ...]:
        """The words of a lexicon in a fixed order; none where the folder has no such file."""
        return tuple(sorted(self.words.get(name, frozenset())))


def load_ruleset(texts: Mapping[str, str]) -> Ruleset:
    """Compile the recognisers and lexicons among `texts` (relative name -> text); other files are left alone.

    Raises ConfigError with every fault of every file.
    """
    faults: list[Fault] = []
    rules: list[Rule] = []
    terms: dict[str, TermFile] = {}
    words: dict[str, frozenset[str]] = {}
    documents: dict[str, Document] = {}
    table: ModulusTable | None = None
    statements: StatementFile | None = None
    references: ReferenceFile | None = None
    files = sorted(n for n in texts if n.startswith((RECOGNISERS, LEXICONS)) and n.endswith((".yaml", ".yml")))
    for name in files:
        identity = name.rpartition("/")[2].rpartition(".")[0]
        try:
            document = load_document(texts[name], name)
            documents[identity] = document
            if name.startswith(RECOGNISERS):
                file = validate(with_likeness(document, texts), RecogniserFile)
                rules.append(Rule(id=identity, file=file, check=CHECKS[file.validator] if file.validator else None))
            elif _is_kind(document, "weights"):
                weights = validate(document, WeightsFile)
                table = read_table(weights.text, weights.substitutes)
            elif _is_kind(document, "statements"):
                statements = validate(document, StatementFile)
            elif _is_kind(document, "references"):
                references = validate(document, ReferenceFile)
            elif _is_kind(document, "terms"):
                terms[identity] = validate(document, TermFile)
            else:
                word_file = validate(document, WordFile)
                words[identity] = frozenset(w.lower() for w in (*word_file.text.split(), *word_file.words))
        except ConfigError as error:
            faults += error.faults
    if not faults and not rules:
        faults.append(Fault(file=RECOGNISERS, text="holds no recogniser; the shipped files belong there"))
    if faults:
        raise ConfigError(faults)
    no_names = _single_terms(documents[name] for name in terms) - words_of(words, *_NAMES)
    words[_NO_NAMES] = words.get(_NO_NAMES, frozenset()) | no_names
    names = _names_only(words)
    return Ruleset(
        version=_version({name: texts[name] for name in files}),
        scanner=PatternScanner(
            [rule if table is None else _with_weights(rule, table) for rule in rules],
            others=words.get(_OTHER_NUMBERS, ()),
            names=names,
        ),
        terms=terms,
        words=words,
        documents=documents,
        statements=statements,
        references=references,
        names=names,
    )


def _single_terms(lexicons: Iterable[Document]) -> frozenset[str]:
    """The strong phrases of lexicons of terms that are one word: at the head of a note, "Asbestosis, lives alone", they
    stand as names do, and are none."""
    phrases = (phrase for lexicon in lexicons for phrase in lexicon.value.get("strong", ()))
    return frozenset(phrase.lower() for phrase in phrases if phrase.isalpha() and len(phrase) >= _SHORTEST_TERM)


def words_of(words: Mapping[str, frozenset[str]], *names: str) -> frozenset[str]:
    """The words of several lexicons together; none of those that are not in `words`."""
    return frozenset[str]().union(*(words.get(name, frozenset()) for name in names))


def _names_only(words: Mapping[str, frozenset[str]]) -> frozenset[str]:
    """The words that are names of people and nothing else."""
    names = words_of(words, *_NAMES) - words_of(words, *_NOT_ONLY_NAMES)
    return frozenset(name for name in names if len(name) >= _SHORTEST_NAME)


def _is_kind(document: Document, kind: str) -> bool:
    return isinstance(document.value, dict) and document.value.get("kind") == kind


def _with_weights(rule: Rule, table: ModulusTable) -> Rule:
    """A rule of sort code and account with a check that the two fit each other; any other as it is."""
    check = rule.check
    if check is None or rule.file.validator not in _WITH_ACCOUNT:
        return rule
    return replace(rule, check=lambda text: check(text) and table.fits(*parts_of_account(text)))


def _version(texts: Mapping[str, str]) -> str:
    digest = hashlib.sha256()
    for name in sorted(texts):
        for text in (name, texts[name]):
            octets = text.encode()
            digest.update(len(octets).to_bytes(8, "big") + octets)
    return digest.hexdigest()[:16]
