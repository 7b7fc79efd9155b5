"""Random and mutated input: half a minute over all targets (`make proof`: ten minutes for each, guided by coverage)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(find_spec("atheris") is None, reason="atheris is built for x86-64 only")

_SECONDS = 30
BAD = "tests.fuzz.bad_targets"
_AT_ONCE = 2


def run(repository: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The fuzzer as a process of its own, since it instruments what it imports."""
    shutil.rmtree(folder, ignore_errors=True)
    command = [sys.executable, "-m", "tests.fuzz.run", *arguments, "--folder", str(folder)]
    # Measuring the coverage of tests would slow it down and tell nothing about them.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    return subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True, check=False)


def test_half_a_minute_of_random_and_mutated_input_breaks_nothing(repository: Path) -> None:
    """Nothing but MemoryError leaves, no promise of tests/fuzz/promises.py is broken, nothing hangs or leaks.

    Without coverage: a second for each target is too short for it to guide anything, and it costs most of the time."""
    shared = ("all", str(_SECONDS), "--parallel", str(_AT_ONCE), "--seed", "1", "--plain")
    done = run(repository, repository / ".fuzz" / "test", *shared)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr[-4000:]}"


@pytest.mark.parametrize(
    ("target", "kind"),
    [("raises", "exception"), ("breaks", "promise"), ("dies", "native-death"), ("grows", "leak")],
)
def test_the_fuzzer_finds_a_defect_and_names_it(repository: Path, tmp_path: Path, target: str, kind: str) -> None:
    """A fuzzer that can't see what is planted for it would be silent for any program."""
    done = run(repository, tmp_path / "run", target, "4", "--seed", "1", "--plain", "--table", BAD)
    files = {path.name for path in (tmp_path / "run" / "findings").glob("*")}
    assert any(name.startswith(f"{target}-{kind}-") for name in files), f"{done.stdout}\n{done.stderr[-2000:]}"
    assert done.returncode == (0 if kind == "native-death" else 1)
