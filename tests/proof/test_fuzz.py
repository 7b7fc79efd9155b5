"""Ten minutes of random and mutated input for each target: the figure that the documents may state."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is built for x86-64 only")

_SECONDS = 600
BAD = "tests.fuzz.bad_targets"


def _run(repository: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "tests.fuzz.run", *arguments, "--folder", str(folder)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    return subprocess.run(command, cwd=repository, env=environment, check=False)


def test_ten_minutes_of_input_for_each_target_break_nothing(
    repository: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Hours. Corpora stay in .fuzz and grow from run to run; findings stay there until they are found no more."""
    from tests.fuzz.targets import TARGETS

    at_once = os.cpu_count() or 1
    seconds = _SECONDS * len(TARGETS) / at_once
    with capsys.disabled():
        done = _run(repository, repository / ".fuzz", "all", str(seconds), "--parallel", str(at_once))
    assert done.returncode == 0, "printed above"


@pytest.mark.parametrize(("target", "kind"), [("runs-on", "slow"), ("wants-memory", "memory")])
def test_an_input_that_takes_too_much_is_found(repository: Path, tmp_path: Path, target: str, kind: str) -> None:
    """Those defects are confirmed in a process of its own before they count, so each takes a while."""
    done = _run(repository, tmp_path / "run", target, "30", "--seed", "1", "--plain", "--table", BAD)
    files = {path.name for path in (tmp_path / "run" / "findings").glob("*")}
    assert any(name.startswith(f"{target}-{kind}-") for name in files)
    assert done.returncode == 1
