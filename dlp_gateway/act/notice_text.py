"""Templates of notices: one plain text from which both the text and the HTML form are made. Pure.

A template starts with a line ``Subject: ...`` and an empty line; then come blocks, separated by empty
lines. In a block, ``# `` starts a heading, ``- `` a list item, all else is a paragraph; a link is
written ``[words]($link)``. ``$name`` stands for a value. A line whose value is a list is repeated for
each item; a block with a value that is empty is left out. Nothing in a value is ever read as mark-up.

Each template has a second file for its Welsh text: ``hold.txt`` and ``hold.cy.txt``. A notice in two languages is one
mail with both texts, each told as its language to screen readers.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Template

from ..errors import ConfigError, Fault
from ..language import LanguageCode

Values = Mapping[str, str | tuple[str, ...]]

LAYOUT = "notice.html"

COMMON = frozenset({"council", "duty_team", "id", "sent_at", "link", "opening"})
PLACEHOLDERS: dict[str, frozenset[str]] = {
    "hold.txt": COMMON
    | {"held_brief", "held", "rejected", "sent", "encrypted", "reasons", "rules", "found", "until", "expires_at"}
    | {"link_until"},
    "rejection.txt": COMMON | {"rejected_brief", "rejected", "sent", "encrypted", "held", "reasons", "found"},
    "release.txt": COMMON | {"all_brief", "sent", "encrypted", "removed"},
    "refusal.txt": COMMON | {"rejected_brief", "rejected", "reason", "note"},
    "expiry.txt": COMMON | {"expired_brief", "expired"},
    "non-delivery.txt": COMMON | {"failed_brief", "failed"},
    "delay.txt": COMMON | {"delayed_brief", "delayed", "until"},
    "relayed.txt": COMMON | {"relayed_brief", "relayed"},
    "code.txt": COMMON | {"code", "good_until"},
    "withdrawal.txt": COMMON | {"withdrawn_brief", "withdrawn"},
    "review.txt": COMMON | {"expires_at", "held_ids"},
    "urgent.txt": COMMON | {"held_ids"},
    "question.txt": COMMON | {"expires_at", "link_until"},
    "answer.txt": COMMON | {"expires_at"},
    "at-risk.txt": COMMON | {"held_ids"},
    "digest.txt": COMMON | {"group", "waiting_brief", "waiting", "facts"},
    "escalation.txt": COMMON | {"group", "escalated_brief", "escalated"},
    "partners.txt": COMMON | {"partners_brief", "due", "in_grace", "expired_partners"},
    "tls-failures.txt": COMMON | {"tls_brief", "failed_domains"},
    "recipient-keys.txt": COMMON | {"keys_brief", "ended_keys", "ending_keys"},
}
"""The templates and the placeholders each may use, in every language."""

FILES = {
    **PLACEHOLDERS,
    **{f"{name.removesuffix('.txt')}.cy.txt": known for name, known in PLACEHOLDERS.items()},
    LAYOUT: frozenset({"title", "content", "lang"}),
}
"""All files, with what each may use."""

_LANG = {"en": "en-GB", "cy": "cy"}
BELOW = {"en": "English below", "cy": "Cymraeg isod"}
"""What a notice says first of the language that comes second, in that language."""
_NEXT_LANGUAGE = "* * *"

_LINK = re.compile(r"\[([^\]]+)\]\((\$\{?[a-z_]+\}?)\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """One notice's words: subject on one line, text with LF line ends, a whole HTML document."""

    subject: str
    text: str
    html: str


def check_templates(templates: Mapping[str, str]) -> list[Fault]:
    """Every fault of the templates, for `check-config`: missing files, placeholders that do not exist."""
    faults = []
    for name, known in FILES.items():
        file = f"templates/{name}"
        if name not in templates:
            faults.append(Fault(file=file, text="is missing"))
            continue
        lines = templates[name].splitlines()
        if name != LAYOUT and not (lines and lines[0].startswith("Subject: ") and lines[1:2] == [""]):
            faults.append(Fault(file=file, line=1, text="must start with “Subject: ...” and an empty line"))
        for number, line in enumerate(lines, 1):
            template = Template(line)
            if not template.is_valid():
                faults.append(Fault(file=file, line=number, text="has a $ that starts no placeholder; write $$"))
                continue
            faults += [
                Fault(file=file, line=number, text=f"unknown placeholder ${word}; known: {', '.join(sorted(known))}")
                for word in template.get_identifiers()
                if word not in known
            ]
    return faults


def stale_templates(templates: Mapping[str, str], shipped: Mapping[str, str]) -> list[Fault]:
    """Welsh templates that are the shipped ones although the council has written the English ones anew."""
    found = []
    for name in PLACEHOLDERS:
        welsh = template_file(name, "cy")
        if templates.get(name) != shipped.get(name) and templates.get(welsh) == shipped.get(welsh):
            text = f"is the shipped text, while templates/{name} is your own; write both, so that they say the same"
            found.append(Fault(file=f"templates/{welsh}", text=text))
    return found


def template_file(name: str, language: LanguageCode) -> str:
    """The file of a template's text in this language."""
    return name if language == "en" else f"{name.removesuffix('.txt')}.{language}.txt"


def render(templates: Mapping[str, str], name: str, values: Mapping[LanguageCode, Values]) -> Rendered:
    """The notice of template `name` in the languages of `values`, in their order. Raises ConfigError when a template
    is missing or names an unknown placeholder, ValueError when a value holds a line end or other control character."""
    for one in values.values():
        for value in one.values():
            for text in (value,) if isinstance(value, str) else value:
                _refuse_controls(text)
    needed = {f"templates/{file}" for file in (LAYOUT, *(template_file(name, code) for code in values))}
    faults = [fault for fault in check_templates(templates) if fault.file in needed]
    if faults:
        raise ConfigError(faults)
    parts = {code: _part(templates[template_file(name, code)], values[code]) for code in values}
    subject = " / ".join(part.subject for part in parts.values())
    text = f"\n{_NEXT_LANGUAGE}\n\n".join(part.text for part in parts.values())
    content = "\n<hr>\n".join(_html_of(part, code, alone=list(parts) == ["en"]) for code, part in parts.items())
    first, *others = parts
    if others:
        links = " ".join(f'<a href="#{code}" lang="{_LANG[code]}">{BELOW[code]}</a>' for code in others)
        content = f"<p>{links}</p>\n{content}"
        text = f"{' / '.join(BELOW[code] for code in others)}\n\n{text}"
    layout = Template(templates[LAYOUT])
    page = layout.substitute(title=html.escape(subject), content=content, lang=_LANG[first])
    return Rendered(subject=subject, text=text, html=page)


def _html_of(part: Rendered, language: LanguageCode, *, alone: bool) -> str:
    """The part, told as its language. An English notice needs that only once, in the layout."""
    return part.html if alone else f'<div lang="{_LANG[language]}" id="{language}">\n{part.html}\n</div>'


def _part(template: str, values: Values) -> Rendered:
    """One language's words; its `html` is the content alone."""
    first, _, body = template.partition("\n")
    blocks = [block.split("\n") for block in re.split(r"\n\s*\n", body.strip()) if block.strip()]
    kept = [block for block in blocks if not _empty(block, values)]
    return Rendered(
        subject=_expand(first.removeprefix("Subject: "), values)[0].strip(),
        text="\n\n".join("\n".join(_text_lines(block, values)) for block in kept) + "\n",
        html="\n".join(_html_block(block, values) for block in kept),
    )


def _refuse_controls(text: str) -> None:
    if any(ord(c) < 32 or 127 <= ord(c) < 160 or c in "\u2028\u2029" for c in text):
        raise ValueError("a field of a notice holds a line end or another control character")


def _empty(block: list[str], values: Values) -> bool:
    return any(not values[word] for line in block for word in Template(line).get_identifiers())


def _expand(line: str, values: Values) -> list[str]:
    """The line with its values; one line for each item where a value is a list."""
    words = {word: values[word] for word in Template(line).get_identifiers()}
    lists = {word: value for word, value in words.items() if not isinstance(value, str)}
    if not lists:
        return [Template(line).substitute(words)]
    return [
        Template(line).substitute(words | dict(zip(lists, items, strict=True)))
        for items in zip(*lists.values(), strict=True)
    ]


def _text_lines(block: list[str], values: Values) -> list[str]:
    lines = []
    for line in block:
        plain = _LINK.sub(r"\1: \2", line.removeprefix("# "))
        lines += _expand(plain, values)
    return lines


def _html_block(block: list[str], values: Values) -> str:
    safe: dict[str, str | tuple[str, ...]] = {
        word: html.escape(value) if isinstance(value, str) else tuple(html.escape(item) for item in value)
        for word, value in values.items()
    }
    parts: list[tuple[str, list[str]]] = []
    for line in block:
        tag = "h1" if line.startswith("# ") else "ul" if line.startswith("- ") else "p"
        words = html.escape(line if tag == "p" else line[2:], quote=False)
        marked = _LINK.sub(r'<a href="\2">\1</a>', words)
        if not parts or parts[-1][0] != tag:
            parts.append((tag, []))
        parts[-1][1].extend(_expand(marked, safe))
    out = []
    for tag, lines in parts:
        inner = "".join(f"<li>{line}</li>" for line in lines) if tag == "ul" else "<br>".join(lines)
        out.append(f"<{tag}>{inner}</{tag}>")
    return "\n".join(out)
