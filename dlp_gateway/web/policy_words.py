"""What the console says of rules: what each does, to whom, and what it asks for."""

from __future__ import annotations

from ..decide.decide import CLASS_WORDS
from ..decide.policy import PolicyRule
from ..model import RecipientClass
from .language import say

MODE_WORDS = {"enforce": "Acts", "observe": "Observes only"}
THEN_WORDS = {
    "relay": "Sends it",
    "encrypt": "Sends it encrypted",
    "hold": "Holds it for a reviewer",
    "reject": "Rejects it",
    "disclaimer": "Adds the disclaimer",
}
ACTION_WORDS = {"relay": "sent", "encrypt": "sent encrypted", "hold": "held", "reject": "rejected"}
ANYBODY_WORDS = {"anybody": "anybody", "outside": "anybody outside the council"}
CONDITION_WORDS = {
    "sender_group": "who sends it",
    "partner": "what the partner’s entry says",
    "look_alike": "an address that looks like a partner’s",
    "salutation_mismatch": "a greeting that names somebody else",
    "markings": "markings",
    "embargo": "an embargo",
    "auto_submitted": "mail that no person wrote",
    "auto_forwarded": "mail that is forwarded by itself",
    "thread_reply": "whether it is a reply",
    "own_private_address": "the author’s own private address",
    "vouched": "whether the sender is proven",
    "categories": "which kinds of data are found",
    "entities": "what exactly is found",
    "individuals": "how many people it is about",
    "exact_match": "people of the council’s own records",
    "fingerprint": "passages of registered documents",
    "near": "what stands near what",
    "gaps": "what could not be read",
    "attachments": "what is attached",
    "visible_recipients": "how many recipients see one another",
    "hidden_recipients": "how many recipients are hidden",
    "first_time": "a recipient who was never written to",
    "similar_known": "an address that looks like one written to before",
    "unusual_in_group": "a recipient who is unusual for the team",
    "added_to_internal_thread": "an outsider who joins an internal conversation",
    "time_of_day": "the time of day",
    "data_subject": "whether the recipient is whom it is about",
    "known_relationship": "whether the recipient is recorded for this person",
}
POLICY_FIELD_WORDS = {
    "mode": "What it does",
    "min_people": "From how many people on",
    "approvals": "Approvals needed to let it go",
    "reviewers": "Who decides",
    "release_by": "Who may let it go",
    "working_minutes": "Minutes to decide, in working hours",
    "out_of_hours_minutes": "Minutes to decide, out of hours",
    "escalate_to": "Who is told after that",
    "expires_days": "Days until it ends undecided, and is not sent",
    "usual": "As usual",
    "nobody": "Nobody",
}
RELEASE_WORDS = {"reviewer": "A reviewer", "manager": "The author’s manager", "sender": "Its author, giving a reason"}
DAYS_WORDS = {"1": "The last day", "7": "The last 7 days", "28": "The last 28 days"}
FILE_WORDS = {
    "recipients.yaml": "Lists of recipients: your own domains, the press, social media, personal mailboxes",
    "reviewers.yaml": "Groups of reviewers: members, deputies, hours",
    "senders.yaml": "Groups of senders, and who is outside the policy",
    "sectors.yaml": "Public bodies, by the ends of their domains",
}
DRAFT_WORDS = {
    "merged": "Somebody else changed other lines of the policy meanwhile. Their change stands in this draft as well as "
    "yours",
    "conflict": "Somebody else changed the same lines of the policy meanwhile. Below is what they changed, and what "
    "your text would change of that. Mend the text so that it holds both, then try it again",
    "overtaken": "Somebody else changed the policy at this moment. Try the draft again",
    "same": "The draft is as the policy in force",
}


def does(rule: PolicyRule) -> str:
    """“Holds it for a reviewer / Sends it encrypted”."""
    return " / ".join(dict.fromkeys(say(THEN_WORDS[case.action]) for case in rule.cases))


def recipients(rule: PolicyRule) -> str:
    """“a partner, a public body”."""
    classes = rule.when.recipient_class
    if classes is None or classes == frozenset(RecipientClass):
        return say(ANYBODY_WORDS["anybody"])
    if classes == frozenset(RecipientClass) - {RecipientClass.INTERNAL}:
        return say(ANYBODY_WORDS["outside"])
    return ", ".join(say(CLASS_WORDS[one]) for one in RecipientClass if one in classes)


def asks(rule: PolicyRule) -> list[str]:
    """What the rule looks at, besides the recipient."""
    names = [name for conditions in rule.all_conditions for name in conditions.asked if name in CONDITION_WORDS]
    return [say(CONDITION_WORDS[name]) for name in dict.fromkeys(names)]


def action(word: str) -> str:
    return say(ACTION_WORDS[word]) if word in ACTION_WORDS else word


def recipient_class(value: str) -> str:
    return say(CLASS_WORDS[RecipientClass(value)])
