"""What the rules in force say of notices: the one way from a rulebook to `act.notices`, which may not know it."""

from __future__ import annotations

from collections.abc import Mapping

from .act.notices import NoticeRules
from .decide import Rulebook


def notice_rules(texts: Mapping[str, str], rulebook: Rulebook) -> NoticeRules:
    """`texts` are the rule files that `rulebook` was read from."""
    return NoticeRules(
        texts=texts,
        is_internal=rulebook.recipients.is_internal,
        group_languages=rulebook.senders.notice_languages,
        languages_in_use=rulebook.languages_in_use,
    )
