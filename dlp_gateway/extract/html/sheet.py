"""Style sheets in a page: which elements their rules mean, and the words that stand in them.

A linear scanner, no engine: a rule for one class, name of an element or identifier is applied; one for anything
else ("td > .note", "span:nth-child(2)") makes what it may mean doubtful, so that the page is read with it and without.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from ..text.script_text import is_telling
from .style import Declarations, Style, declarations, hides, parts, put_over, style_of, unescape

_OPEN = re.compile(r"<style\b[^>]*+>?", re.IGNORECASE)
_CLOSE = re.compile(r"</style", re.IGNORECASE)
# What parts a sheet. Comments, quotes and addresses never fail once begun, so that this is linear.
_LEXEME = re.compile(
    r"/\*(?P<comment>.*?)(?:\*/|\Z)"
    r"|\"(?P<double>(?:[^\"\\\n]|\\.)*+)\"?"
    r"|'(?P<single>(?:[^'\\\n]|\\.)*+)'?"
    r"|url\(\s*(?P<url>[^\s\"')][^)]*+)\)?"
    r"|(?P<mark>[{};])",
    re.DOTALL | re.IGNORECASE,
)
_SIMPLE = re.compile(r"(\*|[a-z][\w-]*+)?(?:([.#])([\w-]+))?(?:::?(before|after))?", re.IGNORECASE)
_COMBINATORS = re.compile(r"[\s>+~]+")
_NAMED_BY = re.compile(r"[.#][\w-]+")
_TAG = re.compile(r"[a-z][\w-]*+", re.IGNORECASE)
_PROPERTY = re.compile(r"([\w-]+)\s*:[^:;{}]*$")
_CONTENT = re.compile(r"\"((?:[^\"\\]|\\.)*+)\"|'((?:[^'\\]|\\.)*+)'|attr\(\s*([\w-]+)[^)]*+\)", re.DOTALL)
_NAMED = re.compile("\0([^\0]*)\0")
_OWN = frozenset(("font-family", "src", "format", "quotes", "mso-generic-font-family"))
_WORD = re.compile(r"[#\w]{6,}+")
_COLOUR = re.compile(r"#[0-9a-f]{6,8}", re.IGNORECASE)
_LONGEST_SELECTOR = 300  # the rest of a longer one is no selector that anybody wrote


@dataclass(slots=True)
class _Rule:
    """All that the rules of one selector say."""

    order: int
    declared: Declarations
    content: str = ""


_Kind = tuple[bool, str]
"""Whether the rule applies on some screens only or perhaps to other elements, and "", "before" or "after"."""


@dataclass(slots=True)
class Sheet:
    """The rules of a page and the other words in its style sheets.

    `addresses`, `comments` and `strings` are in the order of the sheet; `contents` are texts that rules put into the
    page.
    """

    addresses: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    strings: list[str] = field(default_factory=list)
    contents: list[str] = field(default_factory=list)
    # By "name", ".class", "name.class", "#identifier", "name#identifier" or "*".
    _rules: dict[str, dict[_Kind, _Rule]] = field(default_factory=dict)
    _styles: dict[tuple[str, ...], Style] = field(default_factory=dict)
    _count: int = 0

    @property
    def names(self) -> frozenset[str]:
        """What rules mean by name alone: names of elements, "*" for all."""
        return frozenset(name for name in self._rules if not name.startswith((".", "#")))

    def style(self, tag: str, classes: str, identifier: str, own: str, attributes: Mapping[str, str]) -> Style:
        """The style of an element with that class attribute, identifier and declarations of its own."""
        names = self._names(tag, classes, identifier) if self._rules else ()
        key = (own, *names)
        style = self._styles.get(key)
        if style is None:
            style = self._styles[key] = self._made(names, own)
        if "\0" in style.before or "\0" in style.after:
            return _with_values(style, attributes)
        return style

    def _names(self, tag: str, classes: str, identifier: str) -> tuple[str, ...]:
        """The selectors that mean an element, the weakest first (Selectors 3, 9)."""
        rules = self._rules
        names = [name for name in ("*", tag) if name in rules]
        if classes:
            words = dict.fromkeys(classes.split())
            meant = [name for word in words for name in (f".{word}", f"{tag}.{word}") if name in rules]
            names += sorted(meant, key=lambda name: max(rule.order for rule in rules[name].values()))
        if identifier:
            identifier = identifier.strip()
            names += [name for name in (f"#{identifier}", f"{tag}#{identifier}") if name in rules]
        return tuple(names)

    def _made(self, names: tuple[str, ...], own: str) -> Style:
        declared = declarations(own)
        if not names:
            return style_of(declared)
        surely: Declarations = {}
        perhaps: Declarations = {}
        put_in = {"before": "", "after": ""}
        for name in names:
            for (conditional, pseudo), rule in self._rules[name].items():
                if pseudo:
                    put_in[pseudo] = rule.content or put_in[pseudo]
                    continue
                put_over(perhaps, rule.declared)
                if not conditional:
                    put_over(surely, rule.declared)
        put_over(perhaps, declared)
        put_over(surely, declared)
        doubtful = hides(surely) != hides(perhaps)
        return style_of(surely, doubtful=doubtful, before=put_in["before"], after=put_in["after"])

    def read(self, css: str) -> None:
        """Add a sheet. Linear in its length."""
        self.strings += (word for word in _WORD.findall(css) if is_telling(word) and not _COLOUR.fullmatch(word))
        css = css.replace("<!--", " ").replace("-->", " ")  # CSS Syntax 3, 9.1: they hide it from old browsers
        for selectors, body, conditional in _rules(css, self):
            declared = declarations(body)
            content = _content(body) if "content" in body else ""
            if not declared and not content:
                continue
            for selector in dict.fromkeys(selectors.split(",")):
                self._add(selector.strip()[-_LONGEST_SELECTOR:], declared, content, conditional=conditional)

    def _add(self, selector: str, declared: Declarations, content: str, *, conditional: bool) -> None:
        simple = _SIMPLE.fullmatch(selector)
        if simple is not None and selector:
            tag, sign, name, pseudo = simple.groups("")
            key = f"{tag.lower().removeprefix('*')}{sign}{name}" if name else tag.lower() or "*"
        else:
            last = _COMBINATORS.split(selector)[-1]
            name_or_tag = _NAMED_BY.search(last) or _TAG.match(last)
            if name_or_tag is None:
                return
            key = name_or_tag[0] if name_or_tag[0][0] in ".#" else name_or_tag[0].lower()
            pseudo, conditional, content = "", True, ""
        if not (content if pseudo else declared):
            return
        self._count += 1
        # One for each selector and kind: so many rules of one class cost an element no more than one.
        rule = self._rules.setdefault(key, {}).setdefault((conditional, pseudo.lower()), _Rule(0, {}))
        rule.order = self._count
        rule.content = content or rule.content
        put_over(rule.declared, declared)


def sheet_of(page: str) -> Sheet:
    """The style sheets of a whole page, wherever they stand in it: a rule also means what comes before it."""
    sheet = Sheet()
    start = _OPEN.search(page)
    while start is not None:
        end = _CLOSE.search(page, start.end())
        sheet.read(page[start.end() : end.start() if end else len(page)])
        start = _OPEN.search(page, end.end()) if end else None
    return sheet


def _rules(css: str, sheet: Sheet) -> Iterator[tuple[str, str, bool]]:
    """Selectors, body and whether it applies on some screens only, of each rule; words go to the sheet."""
    pieces: list[str] = []
    preludes: list[tuple[str, bool]] = []
    conditions = position = 0
    for lexeme in _LEXEME.finditer(css):
        if lexeme.start() > position:
            pieces.append(css[position : lexeme.start()])
        position = lexeme.end()
        mark = lexeme["mark"]
        if mark is None:
            pieces.append(_note(lexeme, pieces, sheet))
        elif mark == "{" and not pieces:
            preludes.append(("", False))
        elif mark == "{":
            prelude = "".join(pieces).rpartition(";")[2].strip()
            preludes.append((prelude, _is_condition(prelude)))
            conditions += preludes[-1][1]
            pieces = []
        elif mark == "}":
            if preludes:
                prelude, condition = preludes.pop()
                conditions -= condition
                if not prelude.startswith("@"):
                    yield prelude, "".join(pieces), conditions > 0
            pieces = []
        elif preludes:
            pieces.append(";")
        else:
            pieces = []  # an at-rule without a body
    if preludes and not preludes[-1][0].startswith("@"):  # the end of the sheet closes what is open
        yield preludes[-1][0], "".join((*pieces, css[position:])), conditions > 0


def _is_condition(prelude: str) -> bool:
    if not prelude.startswith("@"):
        return False
    words = prelude.lower().replace(",", " ").split()
    if words[0] in ("@supports", "@container"):
        return True
    return words[0] == "@media" and ("(" in prelude or not {"screen", "all"} & set(words))


def _note(lexeme: re.Match[str], pieces: list[str], sheet: Sheet) -> str:
    """Keep the words of a comment, a string or an address. Returns what stands for it in the rule."""
    if lexeme["comment"] is not None:
        if lexeme["comment"].strip():
            sheet.comments.append(lexeme["comment"].strip())
        return " "
    if lexeme["url"] is not None:
        sheet.addresses.append(unescape(lexeme["url"].strip()))
        return "url()"
    text = lexeme["double"] if lexeme["double"] is not None else lexeme["single"]
    before = "".join(pieces[-2:])[-200:]
    if before.rstrip()[-4:].lower() == "url(":
        sheet.addresses.append(unescape(text.strip()))
        return '""'
    property_name = _PROPERTY.search(before)
    name = property_name[1].lower() if property_name else ""
    if name == "content":
        sheet.contents.append(unescape(text))
    elif name not in _OWN and text.strip() and not before.lstrip().startswith("@charset"):
        sheet.strings.append(unescape(text))
    return lexeme[0]


def _content(body: str) -> str:
    """The text that a rule puts in. The name of an attribute whose value is put in stands between two NULs."""
    for piece in parts(body):
        name, _, value = piece.partition(":")
        if name.strip().lower() == "content":
            texts = (
                f"\0{match[3].lower()}\0" if match[3] else unescape(match[1] or match[2] or "").replace("\0", "")
                for match in _CONTENT.finditer(value)
            )
            return "".join(texts)
    return ""


def _with_values(style: Style, attributes: Mapping[str, str]) -> Style:
    def value(match: re.Match[str]) -> str:
        return attributes.get(match[1], "")

    before, after = (_NAMED.sub(value, text) for text in (style.before, style.after))
    return replace(style, before=before, after=after)
