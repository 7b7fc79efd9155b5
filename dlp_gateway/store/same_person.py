"""Whether two actors of the record are one person, as far as their names tell. Pure."""

from __future__ import annotations


def same_person(one: str, other: str) -> bool:
    """By the bare name of the account, in whatever case: `user:jo` in the console is `system:jo` on the command line,
    and `jo@council.example` of the council's sign-in, else one person could agree with themselves. Two people of one
    name are taken for one: the other way would be worse."""
    return _bare(one) == _bare(other)


def _bare(actor: str) -> str:
    name = actor.partition(":")[2] or actor
    return (name.partition("@")[0] or name).casefold()
