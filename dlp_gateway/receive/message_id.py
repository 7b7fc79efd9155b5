"""Our own id of a message: public, in replies, logs, header and console."""

from __future__ import annotations

import secrets
import time

_DIGITS = "0123456789abcdefghijklmnopqrstuv"  # base32hex (RFC 4648, 7): sorts as the numbers do
_PAIRS = [a + b for a in _DIGITS for b in _DIGITS]
_RANDOM_BITS = 55


def new_message_id() -> str:
    """A new id: 20 characters of 0-9 and a-v. The first nine are the time in milliseconds, so ids sort
    by time; the other eleven (55 bits) are random, so that nobody can guess one in a URL."""
    number = (time.time_ns() // 1_000_000) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS)
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(90, -1, -10)])
