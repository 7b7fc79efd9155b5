"""To whom the council and each sender are used to writing, asked of keyed hashes only.

    ask -> (store: counts) -> unfamiliar -> (store: who is alike) -> Similar -> remember -> facts
                                                                              lesson -> (store)

A *mark* is a hash under the installation's key, cut to 64 bits: of an address, of a registered domain, of either as one
sender's, of two recipients of one mail, of a thread's root, or of a spelling (`spelling.py`). No address goes to the
store, and none can be had from it without the key.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations

from ..model import Envelope, Facts, Likeness
from .addresses import Address, parse_address
from .misdirection import registered
from .spelling import is_full_name, label_spellings, local_spellings, names_somebody

MOST_IN_A_GROUP = 10  # recipients: more are a list, not people whom somebody picked
MOST_COMPARED = 20  # recipients of one mail whose likeness is asked for: more are a mailing
MOST_LEARNED_BY_SPELLING = 20
RESPELLED_EVERY = 10  # mails: counts are read a little late, so the moment may be missed

_SIGNED_RETURN = re.compile(r"prvs=[0-9a-z]+=")  # Bounce Address Tag Validation: a new reverse-path each day


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """From how many mails on something is usual (config: `learning`)."""

    often: int = 5
    together: int = 5


class Marker:
    """Makes marks under a key of 32 octets: BLAKE2b with a key, which is a MAC by itself (RFC 7693, 2.9) and takes a
    third of the time of HMAC-SHA-256. A mail to somebody new has some forty marks."""

    def __init__(self, key: bytes) -> None:
        self._keyed = hashlib.blake2b(key=key, digest_size=8)

    def of(self, kind: str, *texts: str) -> int:
        """64 bits, signed, as databases have them."""
        return _mark(self._told(kind, *texts))

    def of_each(self, kind: str, common: str, each: Iterable[str]) -> frozenset[int]:
        """Marks of many that have a text in common, which is hashed once."""
        begun, marks = self._told(kind, common), []
        for text in each:
            made = begun.copy()
            made.update(text.encode("utf-8", "surrogatepass"))
            marks.append(_mark(made))
        return frozenset(marks)

    def _told(self, *texts: str) -> hashlib.blake2b:
        # Lengths between the texts: no two lists of texts are the same octets.
        made = self._keyed.copy()
        made.update("".join([f"{len(text)}:{text}" for text in texts]).encode("utf-8", "surrogatepass"))
        return made

    def address(self, address: Address) -> int:
        return self.of("address", str(address))

    def domain(self, domain: str) -> int:
        """Of the registered domain: hosts of one organisation are one."""
        return self.of("domain", ".".join(registered(domain)))

    def by(self, sender: str, mark: int) -> int:
        """The same as one sender's."""
        return self.of("by", sender, str(mark))

    def pair(self, sender: str, one: str, other: str) -> int:
        return self.of("pair", sender, *sorted((one, other)))

    def thread(self, root: bytes) -> int:
        return self.of("thread", root.decode("latin-1"))

    @property
    def key_mark(self) -> int:
        """Says under which key something was learned: under another one nobody is known."""
        return self.of("key")

    def spellings(self, address: Address) -> frozenset[int]:
        return self.of_each("spelling", address.domain, local_spellings(address.local))

    def labels(self, domain: str) -> frozenset[int]:
        return self.of_each("label", "", label_spellings(registered(domain)[0]))

    def name(self, local: str) -> int | None:
        return self.of("name", local) if names_somebody(local) else None


def _mark(told: hashlib.blake2b) -> int:
    return int.from_bytes(told.digest(), "big", signed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One outside recipient. `by_sender` and `domain_by_sender` are None where the sender is nobody of ours."""

    recipient: str = field(repr=False)  # as in the envelope
    address: Address = field(repr=False)
    mark: int
    domain: int
    by_sender: int | None
    domain_by_sender: int | None

    @property
    def marks(self) -> Iterable[int]:
        return (m for m in (self.mark, self.domain, self.by_sender, self.domain_by_sender) if m is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to ask of one envelope. `pairs` are those of all its recipients, where they are few."""

    sender: str | None = field(default=None, repr=False)  # None: not ours, or the null reverse-path
    contacts: tuple[Contact, ...] = ()
    members: tuple[str, ...] = field(default=(), repr=False)
    pairs: Mapping[tuple[str, str], int] = field(default_factory=dict, repr=False)
    thread: int | None = None
    is_reply: bool = False
    begins_inside: bool = False  # the first of its thread, and nobody outside takes part

    @property
    def worth_asking(self) -> bool:
        """Whether anybody outside gets it: mail inside the council is only learned from."""
        return bool(self.contacts)

    @property
    def marks(self) -> tuple[int, ...]:
        return (*{m: None for c in self.contacts for m in c.marks}, *self.pairs.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the store knows of what was asked. `counts`: mails by mark, 0 left out."""

    counts: Mapping[int, int] = field(default_factory=dict)
    internal_thread: bool | None = None  # None: not one that began inside, as far as is known
    history_days: int = 0

    def mails(self, mark: int | None) -> int:
        return 0 if mark is None else self.counts.get(mark, 0)


def sender_of(reverse_path: str | None, is_internal: Callable[[str], bool]) -> str | None:
    """Whose habits these are: the reverse-path in comparable form, without what makes it a new one each time."""
    if reverse_path is None or not is_internal(reverse_path):
        return None
    address = parse_address(reverse_path)
    local = _SIGNED_RETURN.sub("", address.local, count=1).partition("+")[0]
    return str(Address(local=local or address.local, domain=address.domain))


def ask(
    marker: Marker,
    envelope: Envelope,
    is_internal: Callable[[str], bool],
    *,
    root: bytes | None = None,
    is_reply: bool = False,
    people: Callable[[], Iterable[str]] = tuple,
) -> Asked:
    """What to ask about this envelope. `people`: whom the header names; called only where it matters."""
    sender = sender_of(envelope.reverse_path, is_internal)
    domains: dict[str, tuple[int, int | None]] = {}
    contacts: dict[str, Contact] = {}
    members: dict[str, None] = {}
    for recipient in envelope.recipients:
        address = parse_address(recipient)
        members[str(address)] = None
        if is_internal(recipient):
            continue
        if address.domain not in domains:
            domain = marker.domain(address.domain)
            domains[address.domain] = domain, None if sender is None else marker.by(sender, domain)
        mark = marker.address(address)
        contacts[recipient] = Contact(
            recipient=recipient,
            address=address,
            mark=mark,
            domain=domains[address.domain][0],
            by_sender=None if sender is None else marker.by(sender, mark),
            domain_by_sender=domains[address.domain][1],
        )
    inside = not is_reply and not contacts and sender is not None and root is not None
    return Asked(
        sender=sender,
        contacts=tuple(contacts.values()),
        members=tuple(members),
        pairs={} if sender is None else _pairs(marker, sender, members),
        thread=None if root is None else marker.thread(root),
        is_reply=is_reply,
        begins_inside=inside and all(is_internal(person) for person in people()),
    )


def _pairs(marker: Marker, sender: str, members: Collection[str]) -> dict[tuple[str, str], int]:
    if not 2 <= len(members) <= MOST_IN_A_GROUP:
        return {}
    return {pair: marker.pair(sender, *pair) for pair in combinations(sorted(members), 2)}


# --------------------------------------------------------------------------------------------------
# Who is alike
# --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfamiliar:
    """Recipients to whom the sender never wrote, by the spellings that would betray whom they are alike."""

    wanted: Mapping[int, tuple[tuple[Contact, Likeness], ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """Somebody written to whose spelling a recipient shares. `mails` are the council's."""

    spelling: int
    mark: int
    mails: int


def unfamiliar(marker: Marker, asked: Asked, known: Known) -> Unfamiliar:
    """Whom to compare with others: nobody where the mail goes to many such."""
    new = [c for c in asked.contacts if not known.mails(c.by_sender if asked.sender is not None else c.mark)]
    if len(new) > MOST_COMPARED:
        return Unfamiliar()
    wanted: dict[int, tuple[tuple[Contact, Likeness], ...]] = {}
    for contact in new:
        keys = [(s, Likeness.LOCAL_PART) for s in marker.spellings(contact.address)]
        if not known.mails(contact.domain):
            keys += [(s, Likeness.DOMAIN) for s in marker.labels(contact.address.domain)]
        name = marker.name(contact.address.local) if asked.sender is not None else None
        if name is not None:
            keys.append((name, Likeness.OTHER_DOMAIN))
        for spelling, likeness in keys:
            wanted[spelling] = (*wanted.get(spelling, ()), (contact, likeness))
    return Unfamiliar(wanted=wanted)


def marks_by_sender(marker: Marker, asked: Asked, alike: Iterable[Alike]) -> dict[int, int]:
    """The marks of those who are alike as the sender's own contacts, by their marks as the council's."""
    return {} if asked.sender is None else {one.mark: marker.by(asked.sender, one.mark) for one in alike}


@dataclass(frozen=True, slots=True, kw_only=True)
class Similar:
    """The answer of the store about who is unfamiliar. `by_sender`: the sender's mails to those who are alike."""

    unfamiliar: Unfamiliar = Unfamiliar()
    alike: tuple[Alike, ...] = ()
    by_sender: Mapping[int, int] = field(default_factory=dict)  # by the mark as the council's


NOTHING_KNOWN = Known()
NOBODY_SIMILAR = Similar()


def _similar_known(known: Known, similar: Similar, habits: Habits) -> frozenset[tuple[str, Likeness]]:
    """Each such recipient once, with the first likeness of the three."""
    found: dict[str, set[Likeness]] = {}
    for one in similar.alike:
        for contact, likeness in similar.unfamiliar.wanted.get(one.spelling, ()):
            if _is_meant(contact, likeness, one, known, similar.by_sender.get(one.mark, 0), habits):
                found.setdefault(contact.recipient, set()).add(likeness)
    return frozenset((recipient, next(x for x in Likeness if x in kinds)) for recipient, kinds in found.items())


def _is_meant(contact: Contact, likeness: Likeness, other: Alike, known: Known, by_sender: int, habits: Habits) -> bool:
    if likeness is Likeness.LOCAL_PART:
        never = not known.mails(contact.mark)
        return other.mark != contact.mark and (by_sender >= habits.often or (never and other.mails >= habits.often))
    if likeness is Likeness.DOMAIN:
        return other.mails >= habits.often
    # The same name elsewhere: one that nobody else has, or at an organisation that the sender often writes to as well.
    usual = is_full_name(contact.address.local) or known.mails(contact.domain_by_sender) >= habits.often
    return other.mark != contact.mark and by_sender >= habits.often and usual


# --------------------------------------------------------------------------------------------------
# The facts, and what is learned
# --------------------------------------------------------------------------------------------------


def remember(facts: Facts, asked: Asked, known: Known, similar: Similar, habits: Habits) -> Facts:
    """The facts with all that is known of these recipients."""
    outside = frozenset(c.recipient for c in asked.contacts)
    return replace(
        facts,
        never_written_to=frozenset(c.recipient for c in asked.contacts if not known.mails(c.mark)),
        history_days=known.history_days,
        similar_known=_similar_known(known, similar, habits),
        unusual_in_group=_unusual(asked, known, habits),
        added_to_internal_thread=outside if asked.is_reply and known.internal_thread else frozenset(),
    )


def _unusual(asked: Asked, known: Known, habits: Habits) -> frozenset[str]:
    """Outside recipients who were never with any of the others, who all are usually together."""
    if len(asked.members) < 3 or not asked.pairs:
        return frozenset()
    found = []
    for contact in asked.contacts:
        address = str(contact.address)
        with_it = [known.mails(mark) for pair, mark in asked.pairs.items() if address in pair]
        others = [known.mails(mark) for pair, mark in asked.pairs.items() if address not in pair]
        if not any(with_it) and min(others) >= habits.together:
            found.append(contact.recipient)
    return frozenset(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What one mail teaches. `marks` each count one mail more; `spellings` are (spelling, mark of whom)."""

    marks: tuple[int, ...] = ()
    spellings: tuple[tuple[int, int], ...] = ()
    wrote_outside: bool = False
    thread: int | None = None
    thread_inside: bool = True
    thread_begins: bool = False


def lesson(
    marker: Marker,
    asked: Asked,
    known: Known,
    relayed: Collection[str],
    habits: Habits,
    *,
    before: Collection[str] = (),
) -> Learned:
    """What is learned when these recipients of the envelope got it; `before`: others who got it earlier."""
    # Mail that no sender of ours wrote (reports, what is forwarded by itself) shows nobody's habits.
    now = [c for c in asked.contacts if c.recipient in relayed] if asked.sender is not None else []
    reached = {str(parse_address(r)) for r in relayed}
    earlier = {str(parse_address(r)) for r in before}
    marks = {m: None for c in now for m in c.marks}
    pairs = [
        mark
        for (one, other), mark in asked.pairs.items()
        if (one in reached or other in reached) and {one, other} <= reached | earlier
    ]
    return Learned(
        marks=(*marks, *pairs),
        spellings=_spellings(marker, now, known, habits),
        wrote_outside=bool(now),
        thread=asked.thread if asked.begins_inside or asked.is_reply or now else None,
        thread_inside=not any(c.recipient in relayed for c in asked.contacts),
        thread_begins=asked.begins_inside,
    )


def _spellings(marker: Marker, now: list[Contact], known: Known, habits: Habits) -> tuple[tuple[int, int], ...]:
    """Only of whom the council often writes to: nobody else is asked for by likeness."""
    found: dict[tuple[int, int], None] = {}
    for contact in now if len(now) <= MOST_LEARNED_BY_SPELLING else ():
        if _is_time(known.mails(contact.mark) + 1, habits):
            name = marker.name(contact.address.local)
            ways = marker.spellings(contact.address) | (frozenset() if name is None else {name})
            found.update({(way, contact.mark): None for way in ways})
        if _is_time(known.mails(contact.domain) + 1, habits):
            found.update({(way, contact.domain): None for way in marker.labels(contact.address.domain)})
    return tuple(found)


def _is_time(mails: int, habits: Habits) -> bool:
    return mails >= habits.often and (mails < habits.often + 3 or mails % RESPELLED_EVERY == 0)
