"""One held message: who, to whom, why, what was found, what became of it. And what all its pages share."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..store import AuditSearch, HeldMessage, HeldQuestion, StoredMessage, Words, words_of
from .access import staff
from .hold_view import HoldView, hold_view
from .language import language
from .permissions import Permission, Staff
from .review_rights import Part, can_be_asked, part_in, sees
from .running import console
from .talk import Exchange, talk

LOOKING_SECONDS = 180
"""How long somebody who opened the page counts as looking at it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A held message that whoever asks may see. `part`: what they have to do with it besides."""

    held: HeldMessage
    stored: StoredMessage | None
    view: HoldView
    someone: Staff
    part: Part
    questions: tuple[HeldQuestion, ...] = ()
    can_be_asked: bool = False  # whether a question would reach its author

    @property
    def has_part(self) -> bool:
        """Then they decide nothing, and read nothing of it."""
        return self.part is not Part.NONE

    @property
    def may_ask(self) -> bool:
        return self.may_decide and self.can_be_asked and self.held.question != "waiting"

    @property
    def may_read_answers(self) -> bool:
        """What was asked and answered is for those who decide; it may tell of people."""
        return self.someone.may(Permission.HOLDS_DECIDE) and not self.has_part

    def conversation(self) -> tuple[Exchange, ...]:
        """What was asked and answered, oldest first; without the words where they are not for whoever asks."""
        key = console().key
        nothing = Words(question=None, answer=None)
        return tuple(
            Exchange(asked=one, words=words_of(key, one) if self.may_read_answers else nothing)
            for one in self.questions
            if one.held_id == self.held.id
        )

    @property
    def may_decide(self) -> bool:
        return self.someone.may(Permission.HOLDS_DECIDE) and not self.has_part and self.view.waits


def open_hold(request: HttpRequest, held_id: str) -> Opened:
    """Raises Http404 for what is not there, and in the same way for what is not theirs to see."""
    here, someone = console(), staff(request)
    held = here.ask(here.store.held(held_id))
    if held is None:
        raise Http404
    rulebook = here.rulebook()
    if not sees(someone, held.reviewers, held.escalated_to, rulebook):
        raise Http404
    stored = here.ask(here.store.message_record(held.message_id))
    asked = here.ask(here.store.desk.requests_of(held.message_id))
    questions = here.ask(here.store.questions.of(held.message_id))
    record = here.ask(here.store.search_audit(AuditSearch(message_id=held.message_id)))
    view = hold_view(held, stored, asked, record, rulebook, now=here.now(), zone=here.zone, language=language())
    return Opened(
        held=held,
        stored=stored,
        view=view,
        someone=someone,
        part=part_in(someone.email, someone.marks, held, stored),
        questions=questions,
        can_be_asked=can_be_asked(held, stored, rulebook),
    )


@require_safe
def hold(request: HttpRequest, held_id: str) -> HttpResponse:
    """All of it, masked."""
    opened = open_hold(request, held_id)
    context = {
        "opened": opened,
        "view": opened.view,
        "others": _others_looking(opened),
        "talk": talk(opened.conversation(), zone=console().zone, language=language()),
        "may_reveal": opened.someone.may(Permission.HOLDS_REVEAL) and opened.view.is_kept and not opened.has_part,
    }
    return render(request, "hold.html", context)


def _others_looking(opened: Opened) -> list[str]:
    """Who else has opened it these minutes and may decide. Kept in the memory of the process: it is a courtesy, and
    no lock."""
    key, here = f"looking:{opened.held.id}", console()
    now = here.now().timestamp()
    looking: dict[str, float] = cache.get(key, {})
    looking = {name: at for name, at in looking.items() if now - at < LOOKING_SECONDS}
    if opened.may_decide:
        cache.set(key, looking | {opened.someone.display_name: now}, LOOKING_SECONDS)
    return sorted(name for name in looking if name != opened.someone.display_name)
