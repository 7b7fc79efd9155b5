"""What is known of contacts: the same from keyed hashes as one would say who had kept every address in clear."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest
import pytest_asyncio

from dlp_gateway import config
from dlp_gateway.config import Learning
from dlp_gateway.decide.misdirection import registered
from dlp_gateway.learning import Learner
from dlp_gateway.model import Disposition, Envelope, Facts, Likeness, Outcome
from dlp_gateway.store import Store
from tests.support.gateway_stand import KEYS
from tests.support.migrated import put_migrated_database
from tests.support.store_values import record
from tests.support.untraced import untraced

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OFTEN = TOGETHER = 3
OFFICER, CLERK, BOSS = "officer@council.example", "clerk@council.example", "boss@council.example"
SMITH, WARD = "john.smith@hospital.co.uk", "ward.sister@hospital.co.uk"


def is_internal(address: str) -> bool:
    return address.lower().endswith("@council.example")


@dataclass
class Desk:
    """Somebody who sends mail: what is known before each, and what is learned after."""

    learner: Learner
    store: Store
    now: datetime = NOON
    sent: int = 0

    async def facts(self, *to: str, by: str | None = OFFICER, answers: str | None = None, header: str = "") -> Facts:
        octets = self._octets(by, to, answers, header)
        recalled = await self.learner.recall(Envelope(reverse_path=by, recipients=to), octets, is_internal)
        return self.learner.remember(Facts(now=self.now), recalled)

    async def send(
        self,
        *to: str,
        by: str | None = OFFICER,
        answers: str | None = None,
        header: str = "",
        relayed: Iterable[str] | None = None,
        times: int = 1,
    ) -> Facts:
        """What was known just before the (last) mail; only `relayed` of its recipients got it."""
        facts = Facts(now=self.now)
        for _ in range(times):
            self.sent += 1
            octets = self._octets(by, to, answers, header)
            recalled = await self.learner.recall(Envelope(reverse_path=by, recipients=to), octets, is_internal)
            facts = self.learner.remember(Facts(now=self.now), recalled)
            self.learner.learn(recalled, list(to if relayed is None else relayed))
            await self.store.flush()
        return facts

    def _octets(self, by: str | None, to: Iterable[str], answers: str | None, header: str) -> bytes:
        more = f"References: <{answers}>\r\n" if answers else ""
        return (
            f"From: <{by}>\r\nTo: {header or ', '.join(to)}\r\nMessage-ID: <{self.sent}@council.example>\r\n{more}\r\n"
        ).encode()

    @property
    def last(self) -> str:
        """The Message-ID of the last mail."""
        return f"{self.sent}@council.example"


@pytest_asyncio.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    settings = config.Store(url=f"sqlite:///{tmp_path / 'gateway.db'}", spool=tmp_path / "spool")
    put_migrated_database(tmp_path)
    opened = Store.open(settings, KEYS, gateway_id="test")
    yield opened
    opened.close()


@pytest.fixture
def desk(store: Store) -> Desk:
    return desk_of(store)


def desk_of(store: Store, key: bytes = KEYS.contacts, **settings: object) -> Desk:
    chosen = Learning(**({"often_mails": OFTEN, "together_mails": TOGETHER} | settings))  # type: ignore[arg-type]
    here = Desk(learner=Learner(store=store, key=key, settings=chosen, clock=lambda: here.now), store=store)
    return here


# -- first time --------------------------------------------------------------------------------------


async def test_whom_any_sender_of_ours_wrote_to_was_written_to(desk: Desk) -> None:
    assert (await desk.facts(SMITH)).never_written_to == {SMITH}
    await desk.send("John.Smith@HOSPITAL.co.uk", by=CLERK)
    assert (await desk.facts(SMITH, WARD, BOSS)).never_written_to == {WARD}


async def test_only_who_got_the_mail_was_written_to(desk: Desk) -> None:
    await desk.send(SMITH, WARD, relayed=[WARD])
    assert (await desk.facts(SMITH, WARD)).never_written_to == {SMITH}


async def test_mail_that_nobody_of_ours_wrote_teaches_nothing(desk: Desk) -> None:
    await desk.send(SMITH, by=None)
    await desk.send(SMITH, by="somebody@outside.example")
    facts = await desk.facts(SMITH)
    assert (facts.never_written_to, facts.history_days) == ({SMITH}, 0)


async def test_history_counts_the_days_since_the_first_mail_outside(desk: Desk) -> None:
    await desk.send(BOSS)
    desk.now += timedelta(days=5)
    await desk.send(SMITH)
    desk.now += timedelta(days=28)
    assert (await desk.facts(WARD)).history_days == 28


async def test_under_another_key_nobody_is_known_and_there_is_no_history(store: Store, desk: Desk) -> None:
    await desk.send(SMITH, times=OFTEN)
    other = desk_of(store, key=b"k" * 32)
    other.now += timedelta(days=40)
    facts = await other.facts(SMITH, "jon.smith@hospital.co.uk")
    assert (facts.history_days, facts.similar_known) == (0, frozenset())


async def test_switched_off_nothing_is_asked_and_nothing_learned(store: Store) -> None:
    off = desk_of(store, enabled=False)
    assert (await off.send(SMITH)).never_written_to is None
    on = desk_of(store)
    assert (await on.facts(SMITH)).never_written_to == {SMITH}


# -- similar -----------------------------------------------------------------------------------------


async def likeness(desk: Desk, recipient: str, by: str = OFFICER) -> Likeness | None:
    return dict((await desk.facts(recipient, by=by)).similar_known).get(recipient)


async def test_a_slip_before_the_at_sign_is_like_whom_the_council_often_writes_to(desk: Desk) -> None:
    await desk.send(SMITH, by=CLERK, times=OFTEN - 1)
    assert await likeness(desk, "jon.smith@hospital.co.uk") is None
    await desk.send(SMITH, by=BOSS)
    assert await likeness(desk, "jon.smith@hospital.co.uk") is Likeness.LOCAL_PART
    assert await likeness(desk, SMITH) is None
    assert await likeness(desk, "jon.smith@clinic.co.uk") is None


async def test_another_persons_contact_is_like_ones_own_only_where_one_often_writes_to_that(desk: Desk) -> None:
    twin = "jon.smith@hospital.co.uk"
    await desk.send(twin, by=CLERK)
    await desk.send(SMITH, by=OFFICER, times=OFTEN)
    assert await likeness(desk, twin, by=OFFICER) is Likeness.LOCAL_PART
    assert await likeness(desk, twin, by=BOSS) is None
    assert await likeness(desk, twin, by=CLERK) is None


async def test_a_slip_in_a_domain_or_another_ending_is_like_one_that_is_often_written_to(desk: Desk) -> None:
    for n in range(OFTEN):
        await desk.send(f"person{n}@hospital.co.uk")
    assert await likeness(desk, "somebody@hopsital.co.uk") is Likeness.DOMAIN
    assert await likeness(desk, "somebody@hospital.org") is Likeness.DOMAIN
    assert await likeness(desk, "somebody@ward.hospital.co.uk") is None
    await desk.send("anybody@hospital.org", by=BOSS)
    assert await likeness(desk, "somebody@hospital.org") is None


async def test_a_full_name_at_another_domain_is_like_the_one_that_this_sender_often_writes_to(desk: Desk) -> None:
    await desk.send(SMITH, times=OFTEN)
    assert await likeness(desk, "john.smith@solicitors.co.uk") is Likeness.OTHER_DOMAIN
    assert await likeness(desk, "john.smith@solicitors.co.uk", by=CLERK) is None


async def test_a_short_name_is_only_swapped_between_organisations_that_the_sender_often_writes_to(desk: Desk) -> None:
    await desk.send("j.smith@hospital.co.uk", times=OFTEN)
    await desk.send("info@hospital.co.uk", times=OFTEN)
    assert await likeness(desk, "j.smith@solicitors.co.uk") is None
    await desk.send("someone@solicitors.co.uk", times=OFTEN)
    assert await likeness(desk, "j.smith@solicitors.co.uk") is Likeness.OTHER_DOMAIN
    assert await likeness(desk, "info@solicitors.co.uk") is None


async def test_a_mailing_to_many_new_recipients_is_not_compared(desk: Desk) -> None:
    await desk.send(SMITH, times=OFTEN)
    many = [f"resident.number{'abcdefghijklmnopqrstuv'[n]}@post.example" for n in range(21)]
    assert (await desk.facts("jon.smith@hospital.co.uk", *many)).similar_known == frozenset()


# -- groups ------------------------------------------------------------------------------------------


async def test_one_who_never_was_with_those_who_usually_are_together_is_unusual(desk: Desk) -> None:
    await desk.send(SMITH, WARD, times=TOGETHER)
    stranger = "david@lawyers.co.uk"
    assert (await desk.facts(SMITH, WARD, stranger)).unusual_in_group == {stranger}
    assert (await desk.facts(SMITH, WARD, stranger, by=CLERK)).unusual_in_group == frozenset()
    await desk.send(SMITH, stranger)
    assert (await desk.facts(SMITH, WARD, stranger)).unusual_in_group == frozenset()


async def test_colleagues_make_a_group_but_are_never_unusual_in_it(desk: Desk) -> None:
    await desk.send(CLERK, BOSS, times=TOGETHER)
    assert (await desk.facts(CLERK, BOSS, SMITH)).unusual_in_group == {SMITH}
    await desk.send(SMITH, WARD, times=TOGETHER)
    assert (await desk.facts(SMITH, WARD, BOSS)).unusual_in_group == frozenset()


async def test_two_who_are_new_together_are_a_new_group(desk: Desk) -> None:
    await desk.send(SMITH, WARD, times=TOGETHER)
    assert (await desk.facts(SMITH, WARD, "a@x.example", "b@x.example")).unusual_in_group == frozenset()


async def test_lists_are_no_groups(desk: Desk) -> None:
    people = [f"person{n}@list.example" for n in range(10)]
    await desk.send(*people, times=TOGETHER)
    assert (await desk.facts(*people, SMITH)).unusual_in_group == frozenset()
    assert (await desk.facts(*people[:9], SMITH)).unusual_in_group == {SMITH}


# -- threads -----------------------------------------------------------------------------------------


async def test_who_is_added_to_a_thread_that_was_inside_so_far_is_named_once(desk: Desk) -> None:
    await desk.send(CLERK, BOSS)
    root = desk.last
    await desk.send(OFFICER, BOSS, by=CLERK, answers=root)
    facts = await desk.send(OFFICER, SMITH, by=BOSS, answers=root)
    assert facts.added_to_internal_thread == {SMITH}
    assert (await desk.facts(CLERK, SMITH, answers=root)).added_to_internal_thread == frozenset()


async def test_who_was_held_back_was_not_added(desk: Desk) -> None:
    await desk.send(CLERK)
    root = desk.last
    await desk.send(CLERK, SMITH, answers=root, relayed=[CLERK])
    assert (await desk.facts(SMITH, answers=root)).added_to_internal_thread == {SMITH}


@pytest.mark.parametrize(
    ("to", "by", "header"),
    [
        ((CLERK, SMITH), OFFICER, ""),
        ((CLERK,), OFFICER, f"{CLERK}, {SMITH}"),  # the outside copy took another way
        ((CLERK,), "somebody@outside.example", ""),
        ((CLERK,), None, ""),
    ],
)
async def test_a_thread_with_somebody_outside_from_the_start_is_not_inside(
    desk: Desk, to: tuple[str, ...], by: str | None, header: str
) -> None:
    await desk.send(*to, by=by, header=header)
    assert (await desk.facts(CLERK, WARD, answers=desk.last)).added_to_internal_thread == frozenset()


async def test_a_thread_whose_beginning_was_not_seen_is_not_taken_for_internal(desk: Desk) -> None:
    """A resident's mail that is talked about inside is answered to the resident."""
    await desk.send(CLERK, answers="of-a-resident@home.example")
    facts = await desk.facts(CLERK, SMITH, answers="of-a-resident@home.example")
    assert facts.added_to_internal_thread == frozenset()


# -- later deliveries --------------------------------------------------------------------------------


async def test_what_was_released_or_tried_again_is_learned_with_those_who_got_it_before(desk: Desk) -> None:
    store = desk.store
    envelope = Envelope(reverse_path=OFFICER, recipients=(SMITH, WARD, CLERK))
    for n in range(TOGETHER):
        await store.record(record(f"M{n}", envelope=envelope))
        became = {SMITH: Outcome.RELAYED, WARD: Outcome.RELAYED, CLERK: Outcome.DEFERRED}
        store.note(f"M{n}", tuple(Disposition(recipient=r, outcome=o) for r, o in became.items()), answered=True)
        await store.flush()
        await desk.learner.learn_later(f"M{n}", [WARD], b"", is_internal)
        await store.flush()
    facts = await desk.facts(SMITH, WARD, "david@lawyers.co.uk")
    assert facts.never_written_to == {SMITH, "david@lawyers.co.uk"}
    assert facts.unusual_in_group == {"david@lawyers.co.uk"}


async def test_mail_of_elected_members_is_not_learned_from(desk: Desk) -> None:
    envelope = Envelope(reverse_path=OFFICER, recipients=(SMITH,))
    await desk.store.record(record("M1", envelope=envelope, scope="out-of-scope", inspection=None))
    await desk.learner.learn_later("M1", [SMITH], b"", is_internal)
    await desk.learner.learn_later("M2", [SMITH], b"", is_internal)  # of which there is no record
    await desk.store.flush()
    assert (await desk.facts(SMITH)).never_written_to == {SMITH}


# -- the same as in clear ----------------------------------------------------------------------------

SENDERS = [OFFICER, CLERK, "office+list@council.example", "prvs=12ab=boss@council.example"]
LOCALS = ["john.smith", "jon.smith", "john.smiht", "j.smith", "k.smith", "info", "wardsister", "ward.sister", "mary"]
DOMAINS = ["hospital.co.uk", "hopsital.co.uk", "hospital.org", "ward.hospital.co.uk", "homes.org.uk", "law.com"]


@dataclass
class InClear:
    """All mail there was, and what follows from it, found the long way."""

    mails: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    inside: dict[str, bool] = field(default_factory=dict)

    def count(self, *together: str, by: str | None = None) -> int:
        return sum(set(together) <= to and by in (None, sender) for sender, to in self.mails)

    def count_domain(self, domain: tuple[str, str], by: str | None = None) -> int:
        return sum(
            any(not is_internal(r) and registered(r.partition("@")[2]) == domain for r in to) and by in (None, sender)
            for sender, to in self.mails
        )

    def known(self) -> set[str]:
        return {r for _, to in self.mails for r in to if not is_internal(r)}

    def likeness(self, sender: str, address: str) -> Likeness | None:
        if self.count(address, by=sender):
            return None
        local, _, host = address.partition("@")
        domain = registered(host)
        others = [(known, *known.split("@")) for known in self.known() if known != address]
        for known, their_local, their_host in others:
            often = self.count(known, by=sender) >= OFTEN
            often = often or (not self.count(address) and self.count(known) >= OFTEN)
            if their_host == host and often and slip(local, their_local):
                return Likeness.LOCAL_PART
        for _, _, their_host in others:
            theirs = registered(their_host)
            often = not self.count_domain(domain) and self.count_domain(theirs) >= OFTEN
            if often and theirs != domain and within_one_letter(domain[0], theirs[0]):
                return Likeness.DOMAIN
        usual = local in ("john.smith", "jon.smith", "john.smiht", "ward.sister")
        usual = usual or (local != "info" and self.count_domain(domain, by=sender) >= OFTEN)
        for known, their_local, their_host in others:
            if their_local == local and their_host != host and usual and self.count(known, by=sender) >= OFTEN:
                return Likeness.OTHER_DOMAIN
        return None

    def unusual(self, sender: str, to: frozenset[str]) -> set[str]:
        if not 3 <= len(to) <= 10:
            return set()
        return {
            one
            for one in to
            if not is_internal(one)
            and not any(self.count(one, other, by=sender) for other in to - {one})
            and all(self.count(*pair, by=sender) >= TOGETHER for pair in combinations(sorted(to - {one}), 2))
        }


def shortened(word: str, may_go: list[int]) -> set[str]:
    return {word, *(word[:n] + word[n + 1 :] for n in may_go)}


def slip(one: str, other: str) -> bool:
    """Without the first letter, and without initials, of which these words have only first letters."""
    if min(len(one), len(other)) < 5:
        return False
    ways = [shortened(w, [n for n in range(1, len(w)) if not w[n].isdigit()]) for w in (one, other)]
    return bool(ways[0] & ways[1])


def within_one_letter(one: str, other: str) -> bool:
    if min(len(one), len(other)) < 4:
        return False
    ways = [shortened(w, list(range(len(w))) if len(w) >= 5 else []) for w in (one, other)]
    return bool(ways[0] & ways[1])


@pytest.mark.parametrize("seed", range(4))
async def test_facts_are_those_that_follow_from_all_mail_in_clear(desk: Desk, seed: int) -> None:
    chance = random.Random(seed)
    clear, outside = InClear(), [f"{local}@{domain}" for local in LOCALS for domain in DOMAINS]
    # Few are written to often, as in life: else nothing is ever unusual.
    liked = chance.sample(outside, 6) + chance.sample(outside, 3) * 3 + [BOSS, CLERK]
    seen: set[object] = set()
    with untraced():  # the tests above measure what runs here nine hundred times
        for _ in range(220):
            sender = chance.choice(SENDERS)
            ours = sender.replace("+list", "").replace("prvs=12ab=", "")
            pool = liked if chance.random() < 0.8 else outside
            to = frozenset(chance.choices(pool, k=chance.choice([1, 1, 1, 2, 3, 4])))
            answers = chance.choice([None, *clear.inside]) if chance.random() < 0.3 else None
            facts = await desk.send(*sorted(to), by=sender, answers=answers)
            people = {r for r in to if not is_internal(r)}
            if people:
                assert facts.never_written_to == {r for r in people if not clear.count(r)}
                assert dict(facts.similar_known) == {r: like for r in people if (like := clear.likeness(ours, r))}
                assert facts.unusual_in_group == clear.unusual(ours, to)
                assert facts.added_to_internal_thread == (people if answers and clear.inside[answers] else set())
            seen |= {*dict(facts.similar_known).values()}
            seen |= {"unusual"} if facts.unusual_in_group else set()
            seen |= {"added"} if facts.added_to_internal_thread else set()
            clear.mails.append((ours, to))
            if answers is None and not people:
                clear.inside[desk.last] = True
            elif answers is not None and people:
                clear.inside[answers] = False
    assert {Likeness.LOCAL_PART, Likeness.OTHER_DOMAIN, "added"} <= seen, "the simulation meets what it is about"


def octets_below(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("gateway.db*"))


async def test_no_address_and_no_name_stands_in_what_is_kept(desk: Desk, tmp_path: Path) -> None:
    for to in ((CLERK, BOSS), (SMITH, WARD, CLERK), (SMITH, WARD, BOSS)):
        await desk.send(*to)
        await desk.send(*to, times=OFTEN, answers=desk.last)
    assert (await desk.store.contacts.so_far(desk.learner.key_mark)).spellings > 20
    await desk.store.flush()
    kept = octets_below(tmp_path)
    for word in ("smith", "hospital", "sister", "officer", "clerk", "boss", "council.example"):
        assert word.encode() not in kept.lower()
