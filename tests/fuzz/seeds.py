"""What the fuzzer begins from: documents and messages that this project's own tests make, sorted by what they are.

New generators are picked up by themselves: functions of the modules in tests/support/documents that need no argument
and return octets, files in tests/documents, messages of the evasion catalogue, the corpus and the demonstration, and
whatever files the walk finds inside all of them.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
import pkgutil
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dlp_gateway.extract import Budget, extract_text
from dlp_gateway.extract.kind import Kind
from dlp_gateway.extract.readers import READERS
from dlp_gateway.extract.source import Item, Source, Tools
from dlp_gateway.parse import parse_message, views
from tests.evasion.catalogue import CASES, HARMLESS
from tests.support.small_documents import small_documents

from .target import Target

_ROOT = Path(__file__).parents[2]
_MOST = 200  # of one target
_LARGEST_BYTES = 1 << 17
_BUDGET = Budget(pictures=0, files=200)
_FIELDS = ("content-type", "content-disposition", "content-transfer-encoding", "from", "to", "cc", "subject")


class Seeds:
    """All seeds of a run, made once: some seconds."""

    def __init__(self) -> None:
        self._by_kind: dict[Kind, dict[bytes, None]] = defaultdict(dict)
        self._texts: dict[bytes, None] = {}
        self._messages = dict.fromkeys(_messages())
        with _watched(self._take):
            for octets in dict.fromkeys((*small_documents().values(), *_documents())):
                self._read(_attached(octets))
            for octets in self._messages:
                self._read(octets)

    def of(self, target: Target) -> list[bytes]:
        """The seeds of a target, small ones first, not more than some hundreds."""
        found: dict[bytes, None] = {}
        for kind in target.kinds:
            fitting = (o for o in self._by_kind[kind] if any(word in o for word in target.holding))
            found |= dict.fromkeys(fitting)
        if target.texts:
            found |= self._texts | self._by_kind[Kind.TEXT]
        if target.messages:
            found |= self._messages
        fitting = [octets for octets in sorted(found, key=len) if len(octets) <= min(target.max_bytes, _LARGEST_BYTES)]
        step = max(1, -(-len(fitting) // _MOST))
        return fitting[::step]

    def _read(self, octets: bytes) -> None:
        parsed = parse_message(octets)
        for field in parsed.root.header:
            if field.name.lower() in _FIELDS:
                self._texts.setdefault(field.raw.partition(b":")[2])
        extraction = extract_text(parsed, parse_message, views, _BUDGET)
        for passage in extraction.passages:
            if len(passage.text) < 2000:
                self._texts.setdefault(passage.text.encode())

    def _take(self, kind: Kind, octets: bytes) -> None:
        self._by_kind[kind].setdefault(octets)


def write(seeds: list[bytes], folder: Path) -> None:
    """One file each, named by its content."""
    folder.mkdir(parents=True, exist_ok=True)
    for octets in seeds:
        (folder / hashlib.sha256(octets).hexdigest()[:20]).write_bytes(octets)


@contextmanager
def _watched(take: Callable[[Kind, bytes], None]) -> Iterator[None]:
    """While it lasts, `take` is told of each file that the walk hands to a reader."""

    def watching(kind: Kind) -> Callable[[Source, Tools], Iterator[Item]]:
        reader = before[kind]

        def read(source: Source, tools: Tools) -> Iterator[Item]:
            take(kind, source.octets)
            return reader(source, tools)

        return read

    before = dict(READERS)
    try:
        READERS.update({kind: watching(kind) for kind in before})
        yield
    finally:
        READERS.update(before)


def _attached(octets: bytes) -> bytes:
    return b"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\n\r\n" + octets


def _messages() -> Iterator[bytes]:
    for case in CASES:
        yield case.octets
    yield from HARMLESS.values()
    for folder in ("tests/corpus", "dlp_gateway/demo/mails"):
        for path in sorted((_ROOT / folder).glob("*.eml")):
            yield path.read_bytes()


def _documents() -> Iterator[bytes]:
    for path in sorted((_ROOT / "tests/documents").glob("**/*")):
        if path.is_file():
            yield path.read_bytes()
    package = _ROOT / "tests/support/documents"
    for found in pkgutil.iter_modules([str(package)]):
        module = importlib.import_module(f"tests.support.documents.{found.name}")
        for name, make in inspect.getmembers(module, inspect.isfunction):
            if make.__module__ == module.__name__ and not name.startswith("_") and _needs_nothing(make):
                yield from _octets_in(make())


def _needs_nothing(make: Callable[..., Any]) -> bool:
    signature = inspect.signature(make)
    optional = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    given = all(p.default is not p.empty or p.kind in optional for p in signature.parameters.values())
    return given and "bytes" in str(signature.return_annotation)


def _octets_in(made: Any) -> Iterator[bytes]:
    """The octets that a generator returned, alone or as values."""
    if isinstance(made, bytes):
        yield made
    elif isinstance(made, Mapping):
        yield from (each for each in made.values() if isinstance(each, bytes))
    elif isinstance(made, list | tuple):
        yield from (each for each in made if isinstance(each, bytes))
