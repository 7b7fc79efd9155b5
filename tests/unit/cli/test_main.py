"""Exit codes and words of the command line, whatever the command."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from dlp_gateway import __version__
from dlp_gateway.cli import COMMANDS
from dlp_gateway.errors import ConfigError, Fault, TemporaryError
from tests.unit.cli.conftest import Run

SECRET = "NHS number 943 476 5919"


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """A command `fail` that raises what it is told to."""

    def make(error: BaseException) -> None:
        def fail(_options: argparse.Namespace) -> int:
            raise error

        module = ModuleType("dlp_gateway.cli.failing")
        module.add_to = lambda parser, _common: parser.set_defaults(run=fail)  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, module.__name__, module)
        monkeypatch.setitem(COMMANDS, "fail", ("failing", "fail"))

    return make


def test_help_names_every_command_and_is_a_success(run: Run) -> None:
    ran = run(["--help"])
    assert (ran.code, ran.err) == (0, "")
    assert all(f"    {name}" in ran.out for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_of_its_own_and_takes_a_configuration(run: Run, command: str) -> None:
    ran = run([command, "--help"])
    assert ran.code == 0
    assert "--config FILE" in ran.out


def test_the_version_is_told(run: Run) -> None:
    assert run(["--version"]).out == f"dlp-gateway {__version__}\n"


@pytest.mark.parametrize("words", [[], ["frobnicate"], ["inspect"], ["inspect", "--jsn", "x.eml"], ["holds"]])
def test_bad_usage_is_two_and_says_how_on_standard_error(run: Run, words: list[str]) -> None:
    ran = run(words)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("usage: dlp-gateway")
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("words", [["init"], ["gateway"], ["check-config"], ["explain", "."], ["inspect", "."]])
def test_a_configuration_that_is_named_but_missing_is_two(run: Run, words: list[str]) -> None:
    ran = run([*words, "--config", "absent.yaml"])
    assert ran.code == 2
    assert "dlp-gateway: absent.yaml: can't be read (No such file or directory)" in ran.err
    assert len(ran.err.splitlines()) == 1


def test_every_fault_is_one_line_on_standard_error(run: Run, failing: Callable[[BaseException], None]) -> None:
    failing(ConfigError([Fault(file="a.yaml", line=3, column=5, text="is wrong"), Fault(file="b.yaml", text="too")]))
    ran = run(["fail"])
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines() == ["dlp-gateway: a.yaml:3:5: is wrong", "dlp-gateway: b.yaml: too"]


def test_trouble_with_the_world_is_one(run: Run, failing: Callable[[BaseException], None]) -> None:
    failing(TemporaryError("the database can't be reached"))
    ran = run(["fail"])
    assert (ran.code, ran.err) == (1, "dlp-gateway: the database can't be reached\n")


def test_an_internal_error_says_type_and_place_but_never_its_text(
    run: Run, failing: Callable[[BaseException], None]
) -> None:
    failing(ValueError(SECRET))
    ran = run(["fail"])
    assert ran.code == 1
    assert ran.err.startswith("dlp-gateway: internal error (ValueError at test_main.py:")
    assert len(ran.err.splitlines()) == 1
    assert SECRET not in ran.err + ran.out


def test_an_interruption_is_130_without_words(run: Run, failing: Callable[[BaseException], None]) -> None:
    failing(KeyboardInterrupt())
    ran = run(["fail"])
    assert (ran.code, ran.out + ran.err) == (130, "")


def test_only_the_module_of_the_command_asked_for_is_imported() -> None:
    """Some need a second for libraries that the others do without."""
    program = (
        "import sys; from dlp_gateway.cli import main\n"
        "try: main(['init', '--help'])\n"
        "except SystemExit: print(sorted({'spacy', 'django', 'uvloop', 'presidio_analyzer'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.splitlines()[-1] in ("[]", "['django']")


def test_a_reader_that_had_enough_is_no_failure(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as pipe:
        ran = subprocess.run(
            [sys.executable, "-m", "dlp_gateway", "users", "hash"],
            input=b"correct horse battery staple\n",
            stdout=pipe,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])},
        )
    assert (ran.returncode, ran.stderr) == (0, b"")
