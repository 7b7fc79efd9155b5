"""Writes `config.example.yaml` from the descriptions and defaults in `config.py`: what is documented is what is."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import time
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from .config import Config
from .yaml_file import scalar

WIDTH = 100

HEAD = """\
# Configuration of the DLP gateway. Generated from dlp_gateway/config.py by `make config.example.yaml`.
# Every value shown is the default. Relative paths count from this file's folder.
"""


def example_yaml() -> str:
    """The text of `config.example.yaml`: every field with its description and default."""
    lines = [HEAD]
    for line in _section(Config(), ""):
        if lines[-1] != HEAD and line.startswith("#") and not lines[-1].startswith("#"):
            lines.append("")
        lines.append(line)
    return "\n".join(lines) + "\n"


def _section(section: BaseModel, indent: str) -> Iterator[str]:
    for name, info in type(section).model_fields.items():
        for line in textwrap.wrap(info.description or "", WIDTH - len(indent)):
            yield f"{indent}# {line}"
        yield from _field(name, getattr(section, name), indent)


def _field(name: str, value: Any, indent: str) -> Iterator[str]:
    if isinstance(value, BaseModel):
        yield f"{indent}{name}:"
        yield from _section(value, indent + "  ")
    elif isinstance(value, dict) and value:
        yield f"{indent}{name}:"
        for key, item in value.items():
            yield from _field(key, item, indent + "  ")
    elif isinstance(value, tuple) and any(isinstance(item, BaseModel) for item in value):
        yield f"{indent}{name}:"
        for item in value:
            yield f"{indent}  -"
            yield from _section(item, indent + "    ")
    else:
        yield f"{indent}{name}: {scalar(_plain(value))}"


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, time):
        return f"{value:%H:%M}"
    return str(value) if isinstance(value, Path) else value
