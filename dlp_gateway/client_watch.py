"""The client at the other end, as far as the way of a message must know of it."""

from __future__ import annotations


class ClientWatch:
    """What the way of a message must know of the client while it works: whether it is still there,
    and for how long it will wait for the reply to its final dot. The base class never leaves and
    never loses patience (a release, a test)."""

    @property
    def gone(self) -> bool:
        return False

    @property
    def seconds_left(self) -> float:
        return float("inf")
