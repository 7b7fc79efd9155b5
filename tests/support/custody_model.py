"""What must become of every recipient, whatever the next hop says and wherever the gateway dies.

A model of its own: it knows the order that docs/way-of-a-message.md promises and nothing of the code. Three
recipients, each with a wish that says what happens to it, one reply of the next hop to the final dot, and one
place where the gateway is killed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement, product

TAKEN, LATER, NEVER, SECOND, HELD, REJECTED = "taken", "later", "never", "second", "held", "rejected"
WISHES = (TAKEN, LATER, NEVER, SECOND, HELD, REJECTED)
"""The next hop takes it; says 450 or 550 to its RCPT; it goes by a second route; is held; is rejected by policy."""

DOTS = ("250", "450", "550", "lost")
"""The next hop's reply to the final dot; lost: it takes the message and hangs up."""

STEPS = (
    "durable",  # sealed: what must be kept
    "record",
    "prepare",  # all of the synchronous delivery but the final dot
    "after_refusals",  # sealed: what the next hop's refusals add
    "add_prepared",
    "commit",  # the final dot, and its reply
    "drop_prepared",
    "make_live",
    "answer",
    "mark_answered",  # it is written that the client heard 250
)

POINTS = (*(f"{side} {step}" for step in STEPS for side in ("before", "after")), "never")


@dataclass(frozen=True, slots=True)
class Case:
    wishes: tuple[str, ...]
    dot: str

    @property
    def name(self) -> str:
        return f"{self.dot}-{'-'.join(self.wishes)}"

    @property
    def recipients(self) -> tuple[str, ...]:
        return tuple(f"{wish}-{n}@{self.dot}.example" for n, wish in enumerate(self.wishes))


@dataclass(frozen=True, slots=True)
class Fate:
    """How often a recipient's message stands where: at the next hop, in our queue, held; and told of to its sender."""

    at_hop: int = 0
    queued: int = 0
    held: int = 0
    told: int = 0


NOTHING = Fate()


def every_case(*, ordered: bool) -> list[Case]:
    """`ordered`: also those that differ only in the recipients' order."""
    wishes: Iterator[tuple[str, ...]] = (
        product(WISHES, repeat=3) if ordered else combinations_with_replacement(WISHES, 3)
    )
    return [Case(wishes=each, dot=dot) for each in wishes for dot in DOTS]


def story(case: Case) -> list[str]:
    """The steps of this message, in order, when nobody dies."""
    steps = ["durable", "record"]
    if sync := _synchronous(case):
        steps.append("prepare")
        if TAKEN not in sync and SECOND not in sync:
            return [*steps, "drop_prepared", "answer"]
        if LATER in sync or NEVER in sync:
            steps += ["after_refusals", "add_prepared"]
        steps.append("commit")
        if case.dot != "250":
            return [*steps, "drop_prepared", "answer"]
    if _kept(case):
        return [*steps, "make_live", "answer", "mark_answered"]
    return [*steps, "answer"]


def reached(case: Case, point: str) -> bool:
    return point == "never" or point.partition(" ")[2] in story(case)


def after_the_crash(case: Case, point: str) -> tuple[str | None, tuple[Fate, ...]]:
    """(code that the client heard, None for none; each recipient's fate), once the gateway is up again."""
    done = _done(case, point)
    heard = _reply(case) if "answer" in done else None
    return heard, tuple(_fate(case, wish, done) for wish in case.wishes)


def after_the_retry(case: Case, point: str) -> tuple[Fate, ...]:
    """The same once a client that heard nothing has sent its message again.

    Never less than once, and never more, but for what RFC 1047 allows: the next hop had it, and nothing of ours
    says so. A client that heard 451 has the message, too, and would try for ever; here it does not.
    """
    heard, before = after_the_crash(case, point)
    done = _done(case, point)
    if heard is not None:
        return before
    if "make_live" in done:
        return before  # all is done, and written: there is nothing left but to say so
    full = tuple(_fate(case, wish, story(case)) for wish in case.wishes)
    return tuple(
        Fate(at_hop=now.at_hop + again.at_hop, queued=again.queued, held=again.held, told=again.told)
        for now, again in zip(before, full, strict=True)
    )


def _synchronous(case: Case) -> Sequence[str]:
    """The wishes that share the one delivery which the client waits for."""
    plain = [wish for wish in case.wishes if wish in (TAKEN, LATER, NEVER)]
    if plain:
        return plain
    return [wish for wish in case.wishes if wish == SECOND] if set(case.wishes) <= {SECOND, REJECTED} else []


def _kept(case: Case) -> bool:
    """Whether anything must be durable before the client hears 250."""
    if set(case.wishes) == {REJECTED}:
        return False
    sync = _synchronous(case)
    return any(wish not in sync or wish in (LATER, NEVER) for wish in case.wishes)


def _done(case: Case, point: str) -> list[str]:
    steps = story(case)
    if point == "never":
        return steps
    side, _, step = point.partition(" ")
    place = steps.index(step)
    return steps[: place + (side == "after")]


def _reply(case: Case) -> str:
    steps = story(case)
    if "make_live" in steps:
        return "250"
    if set(case.wishes) == {REJECTED}:
        return "550"
    if "commit" not in steps:
        return "450" if LATER in _synchronous(case) else "550"
    return {"lost": "451"}.get(case.dot, case.dot)


def _fate(case: Case, wish: str, done: Sequence[str]) -> Fate:
    sync = _synchronous(case)
    if wish in (TAKEN, SECOND) and wish in sync:
        return Fate(at_hop=int("commit" in done and case.dot in ("250", "lost")))
    if "make_live" not in done:
        return NOTHING
    if wish in (LATER, SECOND):
        return Fate(queued=1)
    return Fate(held=1, told=1) if wish == HELD else Fate(told=1)
