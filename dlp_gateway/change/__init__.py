"""Octets to octets, one edit per file. Pure."""

from .disclaimer import add_disclaimer, nothing_else_changed, same_leaves
from .disclaimer_text import disclaimer_names, disclaimer_text_from, disclaimer_texts
from .entities import openpgp_entity, signed_entity, smime_entity
from .header import (
    add_trigger,
    count_valid_marks,
    identity,
    loop_mark,
    remove_secure_request,
    strip_marks,
    trace_octets,
)
from .protected import Apart, is_seven_bit, put_together, take_apart
from .received import received_field
from .removal import TAKE_AWAY, nothing_else_gone, take_away
from .values import USUAL, Changed, DisclaimerText, Manner, Once, Protected

__all__ = [
    "TAKE_AWAY",
    "USUAL",
    "Apart",
    "Changed",
    "DisclaimerText",
    "Manner",
    "Once",
    "Protected",
    "add_disclaimer",
    "add_trigger",
    "count_valid_marks",
    "disclaimer_names",
    "disclaimer_text_from",
    "disclaimer_texts",
    "identity",
    "loop_mark",
    "is_seven_bit",
    "openpgp_entity",
    "put_together",
    "nothing_else_changed",
    "nothing_else_gone",
    "received_field",
    "remove_secure_request",
    "same_leaves",
    "signed_entity",
    "smime_entity",
    "strip_marks",
    "take_apart",
    "take_away",
    "trace_octets",
]
