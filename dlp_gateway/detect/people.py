"""Who the message is about: findings that stand together become one individual."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ..model import Category, Exemption, Individual
from .addresses import Identity, identity, is_named_by, words_of_name
from .exempt import Exempter
from .fingerprint import fingerprint
from .found import Found

_NEAR = 400  # characters before a finding in which the last-named person is taken to be meant
# Of these one person has one: a second, different value begins another person.
_ONE_EACH = frozenset(
    {"UK_NHS", "UK_NINO", "UK_UTR", "UK_UPN", "UK_ULN", "DATE_OF_BIRTH", "UK_PASSPORT", "UK_DRIVING_LICENCE"}
)


class Recipients:
    """The outside recipients, and which names are theirs."""

    def __init__(self, addresses: Sequence[str], display_names: Mapping[str, str]) -> None:
        self.identities = tuple(
            (address, identity(address.lower(), display_names.get(address.lower(), display_names.get(address, ""))))
            for address in addresses
        )

    def named(self, name: str, title: str = "") -> tuple[str, ...]:
        """The recipients whom a name fits."""
        words = words_of_name(name)
        return tuple(
            address
            for address, who in self.identities
            if is_named_by(words, who, surname_only=bool(title)) and not _other(words, title, who)
        )

    def settle_greetings(self, found: Iterable[Found]) -> None:
        """A first name in a greeting is a contact's, unless it names a recipient (whose own data it then is)."""
        for item in found:
            first_name = item.greeting and not item.title and " " not in item.value
            if first_name and item.exempt is None and not self.named(item.value):
                item.exempt = Exemption.COLLEAGUE


def _other(words: tuple[str, ...], title: str, who: Identity) -> bool:
    """Whether a surname fits, but the address clearly has another given name: Mr A Smith is not john.smith."""
    return (
        len(words) > 1
        and not title
        and who.clear
        and words[0] not in who.words
        and not any(w[:1] == words[0][:1] and (len(w) == 1 or len(words[0]) == 1) for w in who.words)
    )


@dataclass(slots=True)
class _Person:
    names: list[Found] = field(default_factory=list)
    data: list[Found] = field(default_factory=list)
    words: tuple[str, ...] = ()
    indexes: list[int] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)  # values by entity, of those that one person has one of


def link_individuals(
    found: Sequence[Found], recipients: Recipients, exempter: Exempter, key: bytes
) -> tuple[Individual, ...]:
    """The individuals of a message, in the order in which they first occur.

    A row of a table is a person. In prose a finding belongs to the person named last before it, in its
    paragraph or within 400 characters, else to the first one named after it in its paragraph, else to
    the only person of the message, else to somebody without a name. Exempt findings make nobody but
    the author.
    """
    linker = _Linker()
    for index, item in enumerate(found):
        if item.exempt is None or item.exempt is Exemption.AUTHOR:
            linker.note(index, item)
    linker.place_data()
    return tuple(_individual(person, recipients, exempter, key) for person in linker.people())


class _Linker:
    def __init__(self) -> None:
        self._rows: dict[tuple[int, int], _Person] = {}
        self._named: list[_Person] = []
        self._by_surname: dict[str, list[_Person]] = {}
        self._by_first: dict[str, list[_Person]] = {}
        self._nameless: list[_Person] = []
        self._mentions: dict[int, list[tuple[Found, _Person]]] = {}
        self._loose: list[tuple[int, Found]] = []
        self._current: dict[tuple[int, int], _Person] = {}

    def note(self, index: int, item: Found) -> None:
        if item.row is not None:
            person = self._rows.setdefault((item.reading.index, item.row), _Person())
            person.indexes.append(index)
            if item.entity == "PERSON":
                person.names.append(item)
            else:
                person.data.append(item)
            return
        if item.entity != "PERSON":
            self._loose.append((index, item))
            return
        person = self._person_named(words_of_name(item.value), item.title)
        person.names.append(item)
        person.indexes.append(index)
        self._mentions.setdefault(item.reading.index, []).append((item, person))

    def _person_named(self, words: tuple[str, ...], title: str) -> _Person:
        """The person already met under this name in any spelling, else a new one."""
        surname = words[-1] if words else ""
        if len(words) > 1:
            for person in self._by_surname.get(surname, ()):
                if len(person.words) == 1 or _same_given(words, person.words):
                    if len(person.words) < len(words):
                        self._rename(person, words)
                    return person
            for person in self._by_first.get(words[0], ()):
                if len(person.words) == 1:
                    self._rename(person, words)
                    return person
        else:
            table = self._by_surname if title else self._by_first
            candidates = table.get(surname, []) or ([] if title else self._by_surname.get(surname, []))
            if candidates:
                return candidates[-1]
        person = _Person(words=words)
        self._named.append(person)
        self._index(person, titled=bool(title))
        return person

    def _rename(self, person: _Person, words: tuple[str, ...]) -> None:
        person.words = words
        self._index(person, titled=False)

    def _index(self, person: _Person, *, titled: bool) -> None:
        if len(person.words) > 1 or titled:
            self._by_surname.setdefault(person.words[-1], []).append(person)
        if len(person.words) > 1 or not titled:
            self._by_first.setdefault(person.words[0] if person.words else "", []).append(person)

    def place_data(self) -> None:
        """Give the findings of prose to their people."""
        position: dict[int, int] = {}
        for index, item in self._loose:
            mentions = self._mentions.get(item.reading.index, [])
            at = position.get(item.reading.index, 0)
            while at < len(mentions) and mentions[at][0].at < item.at:
                at += 1
            position[item.reading.index] = at
            person = self._nearest(item, mentions, at) or self._nobody(item)
            person.indexes.append(index)
            person.data.append(item)
            if item.entity in _ONE_EACH:
                person.seen[item.entity] = item.value

    def _nearest(self, item: Found, mentions: list[tuple[Found, _Person]], at: int) -> _Person | None:
        if item.exempt is Exemption.AUTHOR:
            return next((p for m, p in mentions if m.exempt is Exemption.AUTHOR), None)
        layout = item.reading.layout
        paragraph = layout.paragraph(item.at)
        before = next((m for m in reversed(mentions[max(0, at - 8) : at]) if m[0].exempt is None), None)
        after = next((m for m in mentions[at : at + 4] if m[0].exempt is None), None)
        if before and layout.paragraph(before[0].at) == paragraph and not _taken(before[1], item):
            return before[1]
        if (
            after
            and layout.paragraph(after[0].at) == paragraph
            and after[0].at - item.until < 120
            and not _taken(after[1], item)
        ):
            return after[1]
        if before and item.at - before[0].until <= _NEAR and not _taken(before[1], item):
            return before[1]
        people = [p for p in self._named if any(n.exempt is None for n in p.names)]
        if len(people) == 1 and not _taken(people[0], item):
            return people[0]
        return None

    def _nobody(self, item: Found) -> _Person:
        key = (item.reading.index, item.reading.layout.paragraph(item.at))
        person = self._current.get(key)
        if person is None or _taken(person, item):
            person = self._current[key] = _Person()
            self._nameless.append(person)
        return person

    def people(self) -> list[_Person]:
        people = [*self._named, *self._nameless, *self._rows.values()]
        return sorted((p for p in people if p.indexes), key=lambda p: min(p.indexes))


def _taken(person: _Person, item: Found) -> bool:
    return item.entity in _ONE_EACH and person.seen.get(item.entity, item.value) != item.value


def _same_given(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    first, second = one[0], other[0]
    return first == second or (1 in (len(first), len(second)) and first[0] == second[0])


def _individual(person: _Person, recipients: Recipients, exempter: Exempter, key: bytes) -> Individual:
    name = max((n.value for n in person.names), key=len, default="")
    matching: dict[str, None] = {}
    for item in person.names:
        matching.update(dict.fromkeys(recipients.named(item.value, item.title)))
    for address, _ in recipients.identities:
        if any(d.entity == "EMAIL_ADDRESS" and d.value.lower() == address.lower() for d in person.data):
            matching[address] = None
    if name:
        words = person.words or words_of_name(name)
        mark = fingerprint(key, "PERSON", " ".join(words))
    else:
        first = min((d for d in person.data), key=lambda d: (d.category is Category.CONTACT, d.start))
        mark = fingerprint(key, first.entity, first.value)
    return Individual(
        fingerprint=mark,
        findings=tuple(sorted(person.indexes)),
        is_author=any(n.exempt is Exemption.AUTHOR for n in person.names)
        or (not person.names and all(d.exempt is Exemption.AUTHOR for d in person.data))
        or (bool(name) and exempter.is_author(name)),
        recipients=tuple(matching),
    )
