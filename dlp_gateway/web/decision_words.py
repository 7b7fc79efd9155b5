"""What the forms of reviewers say is wrong with a field, said in a language by their views (`language import say`)."""

from __future__ import annotations

from ..model import Action

FIELD_WORDS = {
    "required": "Write why, for whoever reads the record later",
    "min_length": "Write a little more: why?",
    "max_length": "Write at most {most} characters",
    "code": "Choose a reason",
    "recipients": "Choose at least one recipient",
    "days": "Write a number of days from 1 to 30",
    "group": "Choose a group",
    "changed": "Somebody has changed something about this e-mail since you opened the page. Read it again, then decide",
}

QUESTION_WORDS = {
    "required": "Write what you want to know",
    "min_length": "Write a little more: what do you want to know?",
    "max_length": "Write at most {most} characters",
}

OTHERWISE_WORDS = {
    "nothing": "Choose what is to be otherwise: encrypted only, or without which attachments",
}

OUTLOOK_WORDS = {
    Action.RELAY: "Goes as ordinary e-mail",
    Action.ENCRYPT: "Goes encrypted",
    Action.HOLD: "Would not go",
    Action.REJECT: "Would not go",
}

REVEAL_WORDS = {
    "reason": "Write why you need to read it, in a sentence",
    "case": "Write the reference of the case",
    "gone": "The e-mail is not kept any more",
}
