"""`policy.yaml` as text: one rule of it changed, and every other line left as its author wrote it. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import ConfigError, Fault
from ..yaml_file import Document, Location, load_document, scalar

FILE = "policy.yaml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """The lines of one rule: `first` is the number of the first, from 1; `indent` is that of its keys."""

    first: int
    lines: tuple[str, ...]
    indent: int

    @property
    def text(self) -> str:
        return "\n".join(self.lines) + "\n"


def block_of(text: str, rule_id: str) -> Block | None:
    """The lines of a rule without the blank ones behind it; None where the text has no such rule, or not in lines of
    its own. Raises ConfigError where the text is no YAML."""
    return _block(load_document(text, FILE), text, rule_id)


def _block(document: Document, text: str, rule_id: str) -> Block | None:
    index = _index(document, rule_id)
    if index is None:
        return None
    line, column = document.position(("rules", index))
    lines = text.splitlines()
    end = _start(document, ("rules", index + 1)) or _after_rules(document) or len(lines) + 1
    assert line is not None
    assert column is not None
    if line == end or lines[line - 1][: column - 1].strip() != "-":
        return None
    kept = lines[line - 1 : end - 1]
    while kept and (not kept[-1].strip() or _is_comment_of_next(kept[-1], column)):
        kept.pop()
    return Block(first=line, lines=tuple(kept), indent=column - 1)


def with_block(text: str, rule_id: str, block: str) -> str:
    """The text with other lines for a rule; none at all take it out. Raises ConfigError where it has no such rule."""
    found = block_of(text, rule_id)
    if found is None:
        raise ConfigError([_no_rule(rule_id)])
    return _with_lines(text, found, block)


def _with_lines(text: str, found: Block, block: str) -> str:
    lines = text.splitlines()
    new = block.replace("\r\n", "\n").strip("\n").splitlines()
    return "\n".join([*lines[: found.first - 1], *new, *lines[found.first - 1 + len(found.lines) :]]) + "\n"


def with_values(text: str, rule_id: str, values: Mapping[str, Any]) -> str:
    """The text with other values for some keys of a rule; None takes a key out. What is not changed keeps its lines and
    comments. Raises ConfigError where the rule has no lines of its own."""
    for key, value in values.items():
        text = _with_value(text, rule_id, key, value)
    return text


def _with_value(text: str, rule_id: str, key: str, value: Any) -> str:
    document = load_document(text, FILE)
    index, found = _index(document, rule_id), _block(document, text, rule_id)
    if index is None or found is None:
        raise ConfigError([_no_rule(rule_id)])
    rule = document.value["rules"][index]
    if rule.get(key) == value and (key in rule or value is None):
        return text
    lines = list(found.lines)
    pad = " " * found.indent
    new = [] if value is None else [f"{pad}{key}: {scalar(value)}"]
    if key in rule:
        starts = sorted(line for name in rule if (line := _start(document, ("rules", index, name))) is not None)
        line = _start(document, ("rules", index, key))
        assert line is not None
        later = [start for start in starts if start > line]
        until = (later[0] if later else found.first + len(lines)) - found.first
        at = line - found.first
        if at == 0:  # the key that the rule begins with, behind the dash
            new = [lines[0][: found.indent] + new[0].lstrip()] if new else []
        lines[at : _without_comments(lines, at + 1, until)] = new
    else:
        lines[1:1] = new
    return _with_lines(text, found, "\n".join(lines))


def _without_comments(lines: list[str], first: int, end: int) -> int:
    """The end of a value: comments and blank lines before the next key are that key's."""
    while end > first and (not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")):
        end -= 1
    return end


def difference(before: str, after: str) -> tuple[tuple[str, str], ...]:
    """What differs, line by line with three lines around: (sign, line), sign one of "@", " ", "-" and "+"."""
    found = difflib.unified_diff(before.splitlines(), after.splitlines(), n=3, lineterm="")
    return tuple((line[:1], line if line[:1] == "@" else line[1:]) for line in list(found)[2:])


def merged(base: str, mine: str, theirs: str) -> str | None:
    """`mine` made anew from `theirs`, where both were made from `base`; None where both changed the same lines."""
    if mine in (base, theirs):
        return theirs
    before, ours, others = base.splitlines(), mine.splitlines(), theirs.splitlines()
    edits = [(a, b, ours[c:d]) for a, b, c, d in _edits(before, ours)]
    rivals = [(a, b, others[c:d]) for a, b, c, d in _edits(before, others)]
    if any(a <= other_b and other_a <= b for a, b, _ in edits for other_a, other_b, _ in rivals):
        return None
    for start, end, lines in sorted([*edits, *rivals], reverse=True):
        before[start:end] = lines
    return "\n".join(before) + "\n"


def _edits(before: list[str], after: list[str]) -> list[tuple[int, int, int, int]]:
    codes = difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    return [(a, b, c, d) for tag, a, b, c, d in codes if tag != "equal"]


def _is_comment_of_next(line: str, column: int) -> bool:
    """Comments that begin left of a rule's keys stand before the rule that follows."""
    return line.lstrip().startswith("#") and len(line) - len(line.lstrip()) < column - 1


def _index(document: Document, rule_id: str) -> int | None:
    rules = document.value.get("rules") if isinstance(document.value, dict) else None
    found = enumerate(rules) if isinstance(rules, list) else ()
    return next((n for n, rule in found if isinstance(rule, dict) and rule.get("id") == rule_id), None)


def _start(document: Document, location: Location) -> int | None:
    found = document.positions.get(location)
    return None if found is None else found[0]


def _after_rules(document: Document) -> int | None:
    """The line of the first key that stands behind the rules."""
    rules = _start(document, ("rules",)) or 0
    starts = [_start(document, (key,)) for key in document.value]
    return min((start for start in starts if start is not None and start > rules), default=None)


def _no_rule(rule_id: str) -> Fault:
    return Fault(file=FILE, text=f"has no rule “{rule_id}” in lines of its own; change the whole text")
