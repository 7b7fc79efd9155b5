"""envelope + inspection + facts -> verdicts. Pure.

Read `decide.py` first; `policy.py` is the language of `rules/policy.yaml`, `conditions.py` what each
condition means, `telling.py` what counts as data to protect in the copy of one recipient.
"""

from . import registry
from .decide import decide
from .examples import check_examples
from .explain import explain
from .question import out_of_scope, question_for
from .replay import Change, Outcome, replay
from .review_clock import ReviewClock
from .reviews import reviews
from .rulebook import FILES as DECIDING_FILES
from .rulebook import Rulebook, indexes_asked, load_rulebook, warnings_of
from .sender_release import sender_overrides, sender_warnings, urgent_overrides
from .welsh import language_warnings

__all__ = [
    "DECIDING_FILES",
    "Change",
    "Outcome",
    "ReviewClock",
    "Rulebook",
    "check_examples",
    "decide",
    "explain",
    "indexes_asked",
    "language_warnings",
    "load_rulebook",
    "out_of_scope",
    "question_for",
    "registry",
    "replay",
    "reviews",
    "sender_overrides",
    "sender_warnings",
    "urgent_overrides",
    "warnings_of",
]
