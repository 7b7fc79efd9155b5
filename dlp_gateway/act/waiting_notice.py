"""The mails that tell groups of reviewers what waits for them, and what was escalated to them. Pure.

They count and tell times. Nothing in them is of a message: no subject, no address, no reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from ..language import Language
from .notify import CouncilTexts, Notice, Occasion, notice, time_words
from .words import left_words, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What waits for a group. There is one message at least; times are aware. `decide_by`: when the next one must be
    decided that is not overdue; `escalated`: so many of them are another group's."""

    group: str
    count: int
    oldest: datetime
    overdue: int = 0
    escalated: int = 0
    decide_by: datetime | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalated:
    """How many of a group's messages nobody decided in time, and since when the oldest is held."""

    count: int
    oldest: datetime


def digest_notice(occasion: Occasion, digest: Digest, texts: CouncilTexts) -> Notice:
    def values(language: Language) -> dict[str, str | tuple[str, ...]]:
        waiting = language.several("{count} e-mail waits.", "{count} e-mails wait.", digest.count)
        return {
            "group": shown(digest.group),
            "waiting_brief": language.several("{count} waits", "{count} wait", digest.count),
            "waiting": waiting,
            "facts": _facts(digest, occasion.now, texts, language),
        }

    return _made(notice("digest.txt", occasion, values, texts))


def escalation_notice(
    occasion: Occasion, group: str, escalated: Mapping[str, Escalated], texts: CouncilTexts
) -> Notice:
    """To the members of `group`; `escalated` by the group that did not decide, one at least."""
    total = sum(one.count for one in escalated.values())

    def values(language: Language) -> dict[str, str | tuple[str, ...]]:
        return {
            "group": shown(group),
            "escalated_brief": language.several("{count} waits", "{count} wait", total),
            "escalated": tuple(
                language.say(
                    "{group}: {count}, the oldest held since {time}",
                    group=shown(name),
                    count=one.count,
                    time=time_words(one.oldest, texts.zone, language),
                )
                for name, one in escalated.items()
            ),
        }

    return _made(notice("escalation.txt", occasion, values, texts))


def _facts(digest: Digest, now: datetime, texts: CouncilTexts, language: Language) -> tuple[str, ...]:
    def told(moment: datetime) -> str:
        return time_words(moment, texts.zone, language)

    age = left_words(now - digest.oldest, language)
    facts = [language.say("The oldest has waited since {time} ({age}).", time=told(digest.oldest), age=age)]
    if digest.overdue:
        facts.append(language.say("Overdue: {count}.", count=digest.overdue))
    if digest.escalated:
        facts.append(language.say("Escalated to you because nobody else decided: {count}.", count=digest.escalated))
    if digest.decide_by is not None:
        left = left_words(digest.decide_by - now, language)
        words = language.say(
            "The next must be decided by {time} (time left: {left}).", time=told(digest.decide_by), left=left
        )
        facts.append(words)
    if digest.expires_at is not None:
        left = left_words(digest.expires_at - now, language)
        words = language.say(
            "The first expires on {time} (time left: {left}); then it is not sent.",
            time=told(digest.expires_at),
            left=left,
        )
        facts.append(words)
    return tuple(facts)


def _made(made: Notice | None) -> Notice:
    assert made is not None, "a notice to reviewers is no answer to anybody"
    return made
