"""The people whom a message has named so far, to be met again under any spelling of their names."""

from __future__ import annotations

from dataclasses import dataclass, field

from ..found import Found
from .spellings import Spellings, sex, surname

_PARTICLES = frozenset(
    "de da do dos das di du del della la le van von der den ter ten bin binti bint ibn al el ap ab ferch".split()  # noqa: SIM905
)


@dataclass(slots=True)
class Person:
    """Somebody with what is said of them. `words` are those of the fullest name; `given` and `last` its parts."""

    names: list[Found] = field(default_factory=list)
    data: list[Found] = field(default_factory=list)
    words: tuple[str, ...] = ()
    given: str = ""
    last: str = ""
    sex: str = ""  # "m", "f", or "" where no title has told
    indexes: list[int] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)  # values by entity, of those that one person has one of


class Roll:
    """Looks people up by name. Each look-up takes the same time however many there are."""

    def __init__(self, spellings: Spellings) -> None:
        self._spellings = spellings
        self.people: list[Person] = []
        self._full: dict[tuple[str, str], Person] = {}  # by surname and a key of the given name
        self._initial: dict[tuple[str, str], Person] = {}  # by surname and first letter
        self._by_last: dict[tuple[str, str], Person] = {}  # by surname and sex: the one named last
        self._by_given: dict[str, Person] = {}  # by a key of the given name: the one named last

    def named(self, words: tuple[str, ...], title: str) -> Person:
        """The person already met under this name, else a new one. `words` are those of the name, given name first."""
        plain = tuple(w for w in words if w not in _PARTICLES) or words
        told = sex(title)
        if len(plain) > 1:
            person = self._by_full_name(plain[0], plain[-1], told)
            given, last = plain[0], plain[-1]
        elif title:
            person = self._by_surname(plain[-1] if plain else "", told)
            given, last = "", plain[-1] if plain else ""
        else:
            person = self._by_single(plain[-1] if plain else "")
            given, last = plain[-1] if plain else "", ""
        if person is None:
            person = Person()
            self.people.append(person)
        self._note(person, words, given, last, told)
        return person

    def _by_full_name(self, given: str, last: str, told: str) -> Person | None:
        for key in _surnames(last):
            if len(given) == 1:
                person = self._initial.get((key, given[0]))
                if person is not None and _fits(person, told):
                    return person
            for sound in self._spellings.given(given):
                person = self._full.get((key, sound))
                if person is not None and _fits(person, told):
                    return person
            person = self._initial.get((key, given[0]))
            if person is not None and len(person.given) == 1 and _fits(person, told):
                return person
        for key in _surnames(given):  # "Khan Mohammed"
            for sound in self._spellings.given(last):
                person = self._full.get((key, sound))
                if person is not None and _fits(person, told):
                    return person
        for kind in _kinds(told):
            person = self._by_last.get((surname(last), kind))
            if person is not None and not person.given:
                return person
        return next((p for p in self._met_by_given(given) if not p.last), None)

    def _by_surname(self, last: str, told: str) -> Person | None:
        for key in _surnames(last):
            for kind in _kinds(told):
                person = self._by_last.get((key, kind))
                if person is not None and _fits(person, told):
                    return person
        return next((p for p in self._met_by_given(last) if not p.last), None)

    def _by_single(self, word: str) -> Person | None:
        person = next(iter(self._met_by_given(word)), None)
        if person is not None:
            return person
        return next(
            (self._by_last[surname(word), kind] for kind in ("", "m", "f") if (surname(word), kind) in self._by_last),
            None,
        )

    def _met_by_given(self, given: str) -> list[Person]:
        return [self._by_given[key] for key in sorted(self._spellings.given(given)) if key in self._by_given]

    def _note(self, person: Person, words: tuple[str, ...], given: str, last: str, told: str) -> None:
        """Keep what a mention adds to what is known of a person."""
        if len(words) > len(person.words) or not person.words or (len(person.given) == 1 and len(given) > 1):
            person.words = words
        if last and person.given and not person.last and given == "" and surname(last) in map(surname, (person.given,)):
            person.given = ""  # what seemed a first name alone is a surname: "Khan rang. Mr Khan says"
        if len(given) > len(person.given) and (len(person.given) < 2 or not person.last):
            person.given = given
        person.last = person.last or last
        person.sex = person.sex or told
        for key in self._spellings.given(person.given) if person.given else ():
            self._by_given[key] = person
        if not person.last:
            return
        for key in _surnames(person.last):
            self._by_last[key, person.sex] = person
            if person.given:
                self._initial[key, person.given[0]] = person
                for sound in self._spellings.given(person.given):
                    self._full.setdefault((key, sound), person)


def _surnames(last: str) -> list[str]:
    """The keys of a surname; a double one is also met by its parts."""
    parts = [surname(part) for part in last.split("-") if len(part) > 3] if "-" in last else []
    return [surname(last), *parts]


def _kinds(told: str) -> tuple[str, ...]:
    """The sexes that do not contradict what a title told."""
    return (told, "") if told else ("", "m", "f")


def _fits(person: Person, told: str) -> bool:
    return not told or not person.sex or person.sex == told
