"""A command's run in this process, and what it said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from dlp_gateway.cli import main


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


Run = Callable[[Sequence[str | Path]], Ran]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """Runs a command as in a folder without a configuration; usage errors and --help are exit codes, too."""
    monkeypatch.delenv("DLP_GATEWAY_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)

    def run(words: Sequence[str | Path]) -> Ran:
        capsys.readouterr()
        try:
            code = main([str(word) for word in words])
        except SystemExit as ended:
            code = ended.code if isinstance(ended.code, int) else 1
        said = capsys.readouterr()
        return Ran(code=code, out=said.out, err=said.err)

    return run


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration whose workers start quickly: one, without the language model."""
    path = tmp_path / "quick.yaml"
    path.write_text("workers: {count: 1, names: false}\nkeys: {folder: keys}\n", encoding="utf-8")
    return path
