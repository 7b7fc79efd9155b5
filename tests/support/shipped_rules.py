"""The shipped rules, loaded once for all tests of a process: loading takes seconds, and twice as long when traced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache

from dlp_gateway.detect import detector
from dlp_gateway.detect.ruleset import LEXICONS, RECOGNISERS, Ruleset, load_ruleset
from dlp_gateway.errors import Fault
from dlp_gateway.inspection import Inspector
from dlp_gateway.rules_folder import load_texts
from tests.support.untraced import untraced

KEY = b"k" * 32


@cache
def texts() -> Mapping[str, str]:
    """The files of the rules folder by name."""
    return load_texts(None)


@cache
def ruleset() -> Ruleset:
    """Recognisers and lexicons."""
    with untraced():
        return load_ruleset(texts())


def find_alike(given: Mapping[str, str]) -> bool:
    """Whether these files hold the recognisers and lexicons that are shipped."""
    return _that_find(given) == _that_find(texts())


def ruleset_of(given: Mapping[str, str]) -> Ruleset:
    """In place of `load_ruleset`: those of the shipped files are loaded already."""
    return ruleset() if find_alike(given) else load_ruleset(given)


@contextmanager
def loaded_once() -> Iterator[None]:
    """Whoever makes a detector of the shipped rules meanwhile does not load them again."""
    before = detector.load_ruleset
    detector.load_ruleset = ruleset_of
    try:
        yield
    finally:
        detector.load_ruleset = before


@cache
def inspector(*, names: bool) -> Inspector:
    """All rules ready to inspect messages, with or without the language model."""
    with untraced(), loaded_once():
        return Inspector(texts(), names=names, fingerprint_key=KEY)


@cache
def of_rules_alone() -> Inspector:
    """The same without the language model and the model of references."""
    with untraced(), loaded_once():
        made = Inspector(texts(), names=False, fingerprint_key=KEY)
    made._detector._references = None
    return made


@cache
def faults_of_examples() -> tuple[Fault, ...]:
    """The examples in the shipped files that do not hold: none, as `test_check_config.py` says."""
    with untraced():
        return tuple(detector.Detector.check_examples(inspector(names=False)._detector))


def _that_find(given: Mapping[str, str]) -> dict[str, str]:
    return {name: text for name, text in given.items() if name.startswith((RECOGNISERS, LEXICONS))}
