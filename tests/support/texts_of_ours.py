"""Every text that is said to people, gathered from the code: what a catalogue must have words for."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, nodes

PACKAGE = Path(__file__).parents[2] / "dlp_gateway"
_SAYS_FOR_TEMPLATES = PACKAGE / "web" / "language.py"  # hands on what they say
_SAYING = {"say": 1, "several": 2}  # function: how many of its first arguments are texts


@dataclass(frozen=True, slots=True)
class Said:
    """A text, its plural or None, and where it is said."""

    text: str
    plural: str | None
    where: str


class UnseenTextError(AssertionError):
    """A text is said that nobody can gather: write it where it is said, or into a table named ..._WORDS."""


def texts_of_ours() -> list[Said]:
    """All of them."""
    found: list[Said] = []
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts and path != _SAYS_FOR_TEMPLATES:
            found += _in_module(path)
    for path in sorted((PACKAGE / "web" / "templates").rglob("*.html")):
        found += _in_template(path)
    return found


def _in_module(path: Path) -> Iterator[Said]:
    where = path.relative_to(PACKAGE.parent).as_posix()
    source = path.read_text(encoding="utf-8")
    if "language import" not in source and path.name != "language.py":
        return
    tree = ast.parse(source)
    yield from texts_in_source(tree, where)
    tables = [
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name) and target.id.endswith("_WORDS")
    ]
    if tables:
        module = importlib.import_module(where.removesuffix(".py").replace("/", "."))
        for table in tables:
            for text in _strings(getattr(module, table)):
                yield Said(text, None, f"{where} {table}")


def texts_in_source(tree: ast.Module, where: str) -> Iterator[Said]:
    """What is said in a module's calls. Raises UnseenTextError for a text that only a run would show."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := _name(node.func)) in _SAYING:
            yield from _call(node.args, _SAYING[name], f"{where}:{node.lineno}")


def _call(arguments: list[ast.expr], texts: int, where: str) -> Iterator[Said]:
    ways = [arguments[0].body, arguments[0].orelse] if isinstance(arguments[0], ast.IfExp) else [arguments[0]]
    for way in ways:
        if isinstance(way, ast.Constant) and isinstance(way.value, str):
            plural = arguments[1] if texts == 2 else None
            if plural is not None and not isinstance(plural, ast.Constant):
                raise UnseenTextError(f"{where}: {ast.unparse(plural)}")
            yield Said(way.value, str(plural.value) if plural is not None else None, where)
        elif not _root(way).lower().endswith("words"):
            raise UnseenTextError(f"{where}: {ast.unparse(way)}")


def _root(node: ast.expr) -> str:
    while isinstance(node, ast.Subscript):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _strings(tuple(value.values()))
    elif isinstance(value, Iterable):
        for item in value:
            yield from _strings(item)


def _in_template(path: Path) -> Iterator[Said]:
    where = f"templates/{path.relative_to(PACKAGE / 'web' / 'templates').as_posix()}"
    tree = Environment(extensions=[]).parse(path.read_text(encoding="utf-8"))
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "say":
            first = call.args[0]
            ways = [first.expr1, first.expr2] if isinstance(first, nodes.CondExpr) else [first]
            for way in ways:
                if not isinstance(way, nodes.Const):
                    raise UnseenTextError(f"{where}:{call.lineno}")
                yield Said(str(way.value), None, f"{where}:{call.lineno}")


_TAG = re.compile(r"<[^>]*>")
_SPOKEN_ATTRIBUTE = re.compile(r'(?:aria-label|title|alt|placeholder|content)="([^"]*)"')
_NOT_TEXT = re.compile(r"\{%-?.*?-?%\}|\{\{.*?\}\}", re.DOTALL)
_STRING_OF_COMPONENT = re.compile(r'"(?:text|titleText|iconFallbackText|html)": *"([^"]*)"')
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_NO_WORDS = frozenset({"width=device-width, initial-scale=1", "noindex, nofollow"})


def words_outside(source: str) -> list[str]:
    """What a template says without `say`: in elements, in attributes that are read aloud, in components' texts."""
    found = _STRING_OF_COMPONENT.findall(source)
    markup = _NOT_TEXT.sub(" ", source)
    found += [value for value in _SPOKEN_ATTRIBUTE.findall(markup) if value not in _NO_WORDS]
    found += _TAG.sub("\n", markup).splitlines()
    return [text.strip() for text in found if _LETTERS.search(text)]
