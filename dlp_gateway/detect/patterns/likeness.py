"""`like: uk-address` in a recogniser's file: what the file does not say is as in that other one. So several forms of
one thing share their words, and a word is changed in one place."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import replace

from ...errors import ConfigError
from ...yaml_file import Document, load_document

KEY = "like"
_OF_ITS_OWN = frozenset({KEY, "patterns", "matches", "no_match"})  # never taken over


def with_likeness(document: Document, texts: Mapping[str, str]) -> Document:
    """The document with all that it takes over. `texts`: those of the rules folder.

    Raises ConfigError where the other file does not exist, or is itself like another.
    """
    if not isinstance(document.value, dict) or KEY not in document.value:
        return document
    folder = document.file.rpartition("/")[0]
    name = f"{folder}/{document.value[KEY]}.yaml"
    if name == document.file or name not in texts:
        known = {other.rpartition("/")[2].removesuffix(".yaml") for other in texts if other.startswith(f"{folder}/")}
        near = difflib.get_close_matches(str(document.value[KEY]), known, 1)
        hint = f"; did you mean “{near[0]}”?" if near else f"; a file of {folder}/ without its ending is meant"
        raise ConfigError([document.fault((KEY,), f"{KEY}: there is no other file “{name}”{hint}")])
    other = load_document(texts[name], name).value
    if not isinstance(other, dict) or KEY in other:
        raise ConfigError([document.fault((KEY,), f"{KEY}: “{name}” is itself like another; name the first one")])
    taken = {key: value for key, value in other.items() if key not in _OF_ITS_OWN}
    return replace(document, value={**taken, **document.value})
