"""The shipped rules, loaded once for all tests of a process: loading takes seconds, and twice as long when traced."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from dlp_gateway.detect.ruleset import Ruleset, load_ruleset
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


@cache
def inspector(*, names: bool) -> Inspector:
    """All rules ready to inspect messages, with or without the language model."""
    with untraced():
        return Inspector(texts(), names=names, fingerprint_key=KEY)
