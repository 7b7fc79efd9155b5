"""Octets to octets, one edit per file. Pure."""

from .disclaimer import add_disclaimer, same_leaves
from .disclaimer_text import disclaimer_text_from
from .header import add_trigger, count_valid_marks, identity, loop_mark, strip_marks, trace_octets
from .received import received_field
from .values import Changed, DisclaimerText

__all__ = [
    "Changed",
    "DisclaimerText",
    "add_disclaimer",
    "add_trigger",
    "count_valid_marks",
    "disclaimer_text_from",
    "identity",
    "loop_mark",
    "received_field",
    "same_leaves",
    "strip_marks",
    "trace_octets",
]
