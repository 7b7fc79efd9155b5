"""presidio-analyzer and spaCy without the parts of them that nobody here uses, which make half of their loading.

presidio's own recognisers compile two hundred patterns, some with all top-level domains in them. spaCy's command
line brings clients of the network, which a process that reads clear text had better not hold.

Modules that stand in for them are there only while the two libraries are loaded: whoever imports the real ones later
gets them. A release that has its parts elsewhere takes longer to load, and is used as before.
"""

from __future__ import annotations

import sys
from collections.abc import MutableSequence
from importlib import import_module
from types import ModuleType

_NEEDED_BY = {
    "spacy.cli": "spacy",
    "spacy.cli.info": "spacy",
    "presidio_analyzer.predefined_recognizers": "presidio_analyzer",
}
"""Module -> the library that imports names from it, and uses none of them before it is asked to."""


class _StandIn(ModuleType):
    """A module that has every name that is imported from it: a class that can do nothing."""

    __path__: MutableSequence[str] = []  # noqa: RUF012  # as ModuleType has it

    def __getattr__(self, name: str) -> type:
        if name.startswith("_"):
            raise AttributeError(name)
        return type(name, (), {})


def load_without_unused_parts() -> None:
    """Import both libraries. One that was imported before is left as it is, whole."""
    stand_ins = {name: _StandIn(name) for name, library in _NEEDED_BY.items() if library not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        for library in dict.fromkeys(_NEEDED_BY.values()):
            import_module(library)
    finally:
        for name in stand_ins:
            sys.modules.pop(name, None)
