"""Durable state: records, the sealed spool, custody, held messages, rules, users, the audit chain.

Everything goes through `Store`: plain asynchronous methods that take and return the frozen values of
`values.py`. Only this package and the console import Django, and Django's models can only be imported
once it is set up: that is why `Store`, `rules_in_store` and others are found by `__getattr__`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .clock_values import Waiting
from .desk_values import (
    DeskKind,
    DeskRequest,
    DeskState,
    DeskWish,
    RecipientOutlook,
    ReleaseOutlook,
    ReleasePlan,
)
from .document_values import (
    DocumentAnswer,
    DocumentAsk,
    DocumentFault,
    DocumentRequest,
    DocumentState,
    DocumentWish,
    FoundDocument,
    RegisteredDocument,
)
from .insight_values import HoldEnd, HoldFact
from .question_values import HeldQuestion, QuestionState
from .same_person import same_person
from .sender_values import (
    CodeLimits,
    LinkUsedError,
    SenderChoice,
    SenderRequest,
    SenderRequestState,
    SignIn,
    TooManyCodesError,
    WantedCode,
)
from .values import (
    AS_IT_IS,
    BY_FILE,
    ApiToken,
    ApprovalGiven,
    AuditEntry,
    AuditSearch,
    BodyDamagedError,
    DecidedError,
    DeliveryKind,
    DeliveryState,
    HeldMessage,
    Lesson,
    MessageRecord,
    MessageState,
    OvertakenError,
    PreparedDelivery,
    QueuedDelivery,
    Recovery,
    ReleaseManner,
    ReleaseRequest,
    Retention,
    RuleProposal,
    RuleVersion,
    StoredMessage,
    Subject,
    Turns,
    UserAccount,
    Verb,
)

if TYPE_CHECKING:
    from .documents import Given, given_of, new_wish
    from .facade import Store
    from .look import StoredRules, keys_in_store, rules_in_store
    from .questions import Words, new_answer, new_question, words_of
    from .sender_links import LinkError, link_digest, link_maker, message_of_link
    from .sign_in import code_digest, code_maker

__all__ = [
    "BY_FILE",
    "Store",
    "StoredRules",
    "rules_in_store",
    "keys_in_store",
    "Words",
    "new_answer",
    "new_question",
    "words_of",
    "code_digest",
    "code_maker",
    "LinkError",
    "link_digest",
    "message_of_link",
    "link_maker",
    "MessageRecord",
    "MessageState",
    "StoredMessage",
    "PreparedDelivery",
    "QueuedDelivery",
    "Turns",
    "DeliveryKind",
    "DeliveryState",
    "HeldMessage",
    "Lesson",
    "AS_IT_IS",
    "ReleaseManner",
    "ReleaseOutlook",
    "ReleasePlan",
    "RecipientOutlook",
    "ReleaseRequest",
    "Retention",
    "ApprovalGiven",
    "Recovery",
    "RuleProposal",
    "RuleVersion",
    "Subject",
    "AuditEntry",
    "AuditSearch",
    "Verb",
    "UserAccount",
    "ApiToken",
    "SenderChoice",
    "SenderRequest",
    "SenderRequestState",
    "SignIn",
    "CodeLimits",
    "WantedCode",
    "LinkUsedError",
    "TooManyCodesError",
    "DocumentAnswer",
    "DocumentAsk",
    "DocumentFault",
    "DocumentRequest",
    "DocumentState",
    "DocumentWish",
    "FoundDocument",
    "RegisteredDocument",
    "Given",
    "given_of",
    "new_wish",
    "DeskKind",
    "DeskRequest",
    "DeskState",
    "HeldQuestion",
    "QuestionState",
    "same_person",
    "DeskWish",
    "Waiting",
    "HoldEnd",
    "HoldFact",
    "DecidedError",
    "OvertakenError",
    "BodyDamagedError",
]


_BEHIND_DJANGO = {
    "Store": "facade",
    "StoredRules": "look",
    "rules_in_store": "look",
    "keys_in_store": "look",
    "Words": "questions",
    "new_answer": "questions",
    "Given": "documents",
    "given_of": "documents",
    "new_wish": "documents",
    "new_question": "questions",
    "words_of": "questions",
    "code_digest": "sign_in",
    "code_maker": "sign_in",
    "LinkError": "sender_links",
    "link_digest": "sender_links",
    "message_of_link": "sender_links",
    "link_maker": "sender_links",
}


def __getattr__(name: str) -> Any:
    if name not in _BEHIND_DJANGO:
        raise AttributeError(name)
    from .django_setup import set_up  # noqa: PLC0415 - Django must be set up before a model is imported

    set_up()
    return getattr(import_module(f".{_BEHIND_DJANGO[name]}", __name__), name)
