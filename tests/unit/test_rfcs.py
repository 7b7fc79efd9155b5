"""The table of standards names what exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[2]
ROWS = [
    line
    for line in (REPOSITORY / "docs/rfcs.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| section ")
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: " ".join(row.split()[:6]))
def test_every_row_names_tests_that_exist(row: str) -> None:
    named = re.findall(r"`(tests/[^`]+)`", row.rstrip("|").rpartition("|")[2])
    assert named
    for name in named:
        file, _, function = name.partition("::")
        text = (REPOSITORY / file).read_text(encoding="utf-8")
        if file.endswith(".txt"):
            assert not function
        else:
            defined = {node.name for node in ast.walk(ast.parse(text)) if hasattr(node, "name")}
            assert function in defined


def test_there_are_rows() -> None:
    assert len(ROWS) >= 30
