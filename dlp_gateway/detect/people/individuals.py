"""Who the message is about: findings that stand together become one individual."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ...model import Category, Exemption, Individual
from ..fingerprint import fingerprint
from ..found import Found
from .addresses import Identity, identity, is_named_by, words_of_name
from .exempt import Exempter
from .roll import Person, Roll
from .spellings import Spellings

_NEAR = 400  # characters before a finding in which the last-named person is taken to be meant
# Of these one person has one: a second, different value begins another person.
_ONE_EACH = frozenset(
    {"UK_NHS", "UK_NINO", "UK_UTR", "UK_UPN", "UK_ULN", "DATE_OF_BIRTH", "UK_PASSPORT", "UK_DRIVING_LICENCE"}
)


class Recipients:
    """The outside recipients, and which names are theirs."""

    def __init__(
        self, addresses: Sequence[str], display_names: Mapping[str, str], spellings: Spellings | None = None
    ) -> None:
        self.spellings = spellings or Spellings()
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
            if is_named_by(words, who, surname_only=bool(title), alike=self.spellings.alike)
            and not self._other(words, title, who)
        )

    def learn(self, found: Iterable[Found]) -> None:
        """Take as a recipient's own the name that its earlier messages in the thread show or are signed with.

        Not where the address clearly is somebody else's.
        """
        seen: set[tuple[int, int]] = set()
        for item in found:
            quote = item.reading.layout.quote_at(item.at) if item.entity == "PERSON" else None
            if quote is None or not quote.address:
                continue
            signature = item.reading.layout.signature_at(item.at)
            shown = bool(quote.name) and item.value.lower() in quote.name.lower()
            key = (item.reading.index, signature.start if signature else -1)
            if not shown and (signature is None or key in seen):
                continue
            seen.add(key)
            self._add_name(quote.address, item.value)

    def _add_name(self, address: str, name: str) -> None:
        words = words_of_name(name)
        self.identities = tuple(
            (own, replace(who, words=tuple(dict.fromkeys((*who.words, *words)))))
            if own.lower() == address and (not who.clear or set(words) & set(who.words))
            else (own, who)
            for own, who in self.identities
        )

    def _other(self, words: tuple[str, ...], title: str, who: Identity) -> bool:
        """Whether a surname fits, but the address clearly has another given name: Mr A Smith is not john.smith."""
        if len(words) < 2 or title or not who.clear:
            return False
        given = words[0]
        if any(w == given or (len(w) > 1 and self.spellings.alike(given, w)) for w in who.words):
            return False
        return not any(w[:1] == given[:1] and (len(w) == 1 or len(given) == 1) for w in who.words)

    def settle_greetings(self, found: Iterable[Found]) -> None:
        """A first name in a greeting is a contact's, unless it names a recipient (whose own data it then is)."""
        for item in found:
            first_name = item.greeting and not item.title and " " not in item.value
            if first_name and item.exempt is None and not self.named(item.value):
                item.exempt = Exemption.COLLEAGUE


def link_individuals(
    found: Sequence[Found], recipients: Recipients, exempter: Exempter, key: bytes
) -> tuple[Individual, ...]:
    """The individuals of a message, in the order in which they first occur.

    A row of a table is a person. In prose a finding belongs to the person named last before it, in its
    paragraph or within 400 characters, else to the first one named after it in its paragraph, else to
    the only person of the message, else to somebody without a name. Exempt findings make nobody but
    the author.
    """
    linker = _Linker(recipients.spellings)
    for index, item in enumerate(found):
        if item.exempt is None or item.exempt is Exemption.AUTHOR:
            linker.note(index, item)
    linker.place_data()
    return tuple(_individual(person, recipients, exempter, key) for person in linker.people())


class _Linker:
    def __init__(self, spellings: Spellings) -> None:
        self._rows: dict[tuple[int, int], Person] = {}
        self._roll = Roll(spellings)
        self._nameless: list[Person] = []
        self._mentions: dict[int, list[tuple[Found, Person]]] = {}
        self._loose: list[tuple[int, Found]] = []
        self._current: dict[tuple[int, int], Person] = {}
        self._only: Person | None = None  # where the message names one person

    def note(self, index: int, item: Found) -> None:
        if item.row is not None:
            person = self._rows.setdefault((item.reading.index, item.row), Person())
            person.indexes.append(index)
            if item.entity == "PERSON":
                person.names.append(item)
            else:
                person.data.append(item)
            return
        if item.entity != "PERSON":
            self._loose.append((index, item))
            return
        person = self._roll.named(words_of_name(item.value), item.title)
        person.names.append(item)
        person.indexes.append(index)
        self._mentions.setdefault(item.reading.index, []).append((item, person))

    def place_data(self) -> None:
        """Give the findings of prose to their people, once all are noted."""
        people = [p for p in self._roll.people if any(n.exempt is None for n in p.names)]
        self._only = people[0] if len(people) == 1 else None
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

    def _nearest(self, item: Found, mentions: list[tuple[Found, Person]], at: int) -> Person | None:
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
        if self._only is not None and not _taken(self._only, item):
            return self._only
        return None

    def _nobody(self, item: Found) -> Person:
        key = (item.reading.index, item.reading.layout.paragraph(item.at))
        person = self._current.get(key)
        if person is None or _taken(person, item):
            person = self._current[key] = Person()
            self._nameless.append(person)
        return person

    def people(self) -> list[Person]:
        people = [*self._roll.people, *self._nameless, *self._rows.values()]
        return sorted((p for p in people if p.indexes), key=lambda p: min(p.indexes))


def _taken(person: Person, item: Found) -> bool:
    return item.entity in _ONE_EACH and person.seen.get(item.entity, item.value) != item.value


def _individual(person: Person, recipients: Recipients, exempter: Exempter, key: bytes) -> Individual:
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
        or (len(words_of_name(name)) > 1 and exempter.is_author(name)),
        recipients=tuple(matching),
    )
