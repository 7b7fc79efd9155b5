"""Whether two actors of the record are one person, as far as their names tell. Pure."""

from __future__ import annotations


def same_person(one: str, other: str) -> bool:
    """By the bare name of the account, in whatever case: `user:jo` in the console is `system:jo` on the command line,
    else one person could agree with themselves. Two people of one name in both are taken for one: the other way would
    be worse."""
    return _bare(one) == _bare(other)


def _bare(actor: str) -> str:
    return actor.partition(":")[2].casefold() or actor.casefold()
