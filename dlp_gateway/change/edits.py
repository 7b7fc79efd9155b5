"""What turns one form of a message into another, as a mail server can carry it out: header fields put in, changed and
taken away, and a new body. Pure.

A milter can't hand a message back, only say what to do with the one that the mail server has.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class NewField:
    """A field to be put before the one that is at `index` (from 0), or after the last. `value` is all that follows the
    colon, folds included, without the last line end."""

    index: int
    name: bytes
    value: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedField:
    """The field that is the `number`th of its name (from 1) gets this value; None takes it away."""

    number: int
    name: bytes
    value: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """In the order in which they are to be done: all new fields, the last one first, so that no index depends on those
    before it; then all changes, the last one first, counted with the new fields in place; then the body, None where it
    stays."""

    new: tuple[NewField, ...] = ()
    changed: tuple[ChangedField, ...] = ()
    body: bytes | None = field(default=None, repr=False)


def edits_between(before: bytes, after: bytes) -> Edits:
    """The edits that make `after` of `before`; line ends are CRLF. Both begin with header fields and nothing else, and
    an empty line parts these from the body."""
    old, old_body = split_message(before)
    wanted, body = split_message(after)
    last_wanted = {one: at for at, one in enumerate(wanted)}
    last_old = {one: at for at, one in enumerate(old)}
    new: list[NewField] = []
    changed: list[ChangedField] = []
    count: dict[bytes, int] = {}
    i = j = 0

    def number(name: bytes) -> int:
        count[name.lower()] = count.get(name.lower(), 0) + 1
        return count[name.lower()]

    while i < len(old) or j < len(wanted):
        if i < len(old) and j < len(wanted) and old[i] == wanted[j]:
            number(_name_of(old[i]))
            i, j = i + 1, j + 1
        elif i < len(old) and last_wanted.get(old[i], -1) < j:  # nowhere in what is still wanted
            name = _name_of(old[i])
            value = None
            if j < len(wanted) and _name_of(wanted[j]) == name and last_old.get(wanted[j], -1) < i:
                value = wanted[j][len(name) + 1 :]
                j += 1
            changed.append(ChangedField(number=number(name), name=name, value=value))
            i += 1
        else:
            name = _name_of(wanted[j])
            new.append(NewField(index=i, name=name, value=wanted[j][len(name) + 1 :]))
            number(name)
            j += 1
    return Edits(new=tuple(reversed(new)), changed=tuple(reversed(changed)), body=None if body == old_body else body)


def split_message(octets: bytes) -> tuple[list[bytes], bytes]:
    """The header fields, each whole but without its last line end, and the body."""
    if octets.startswith(b"\r\n"):
        return [], octets[2:]
    end = octets.find(b"\r\n\r\n")
    header, body = (octets[: end + 2], octets[end + 4 :]) if end >= 0 else (octets, b"")
    fields: list[bytes] = []
    start = 0
    while start < len(header):
        at = header.find(b"\r\n", start)
        while at >= 0 and header[at + 2 : at + 3] in (b" ", b"\t"):
            at = header.find(b"\r\n", at + 2)
        at = len(header) if at < 0 else at
        fields.append(header[start:at])
        start = at + 2
    return fields, body


def _name_of(whole: bytes) -> bytes:
    return whole.partition(b":")[0]
