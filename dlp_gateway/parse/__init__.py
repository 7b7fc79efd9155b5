"""Octets to parts: our own strict MIME reader. Pure; runs only in a worker."""

from .charset import decode_charset, views
from .header import Mailbox, addresses, author_of, display_names, field_value, is_automatic_mail, read_controls
from .message import parse_message
from .mime import split_message
from .second_opinion import with_second_opinions
from .thread import Thread, thread_of
from .words import decode_value

__all__ = [
    "Mailbox",
    "Thread",
    "addresses",
    "author_of",
    "decode_charset",
    "decode_value",
    "display_names",
    "field_value",
    "is_automatic_mail",
    "parse_message",
    "read_controls",
    "split_message",
    "thread_of",
    "views",
    "with_second_opinions",
]
