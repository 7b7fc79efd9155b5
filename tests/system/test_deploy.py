"""What deploy/ offers for copying is understood by the program that it is written for."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

SNIPPETS = ("before-queue", "after-queue", "smart-host", "milter")


def sections(text: str) -> dict[str, str]:
    """The parts of a snippet by the file that they belong to."""
    pieces = re.split(r"^# --- (main\.cf|master\.cf) -+$", text, flags=re.MULTILINE)
    return dict(zip(pieces[1::2], pieces[2::2], strict=True))


@pytest.mark.parametrize("name", SNIPPETS)
def test_postfix_reads_the_snippet_without_a_warning(name: str, repository: Path, tmp_path: Path) -> None:
    parts = sections((repository / f"deploy/postfix/{name}.cf").read_text(encoding="utf-8"))
    assert parts
    (tmp_path / "main.cf").write_text("compatibility_level = 3.6\n" + parts.get("main.cf", ""))
    (tmp_path / "master.cf").write_text(parts.get("master.cf", ""))
    postconf = shutil.which("postconf", path="/usr/sbin:/usr/bin")
    assert postconf is not None
    for options in (["-n"], ["-M"], ["-P"]):
        result = subprocess.run([postconf, "-c", str(tmp_path), *options], capture_output=True, text=True, check=True)
        assert result.stderr == ""
    for line in parts.get("main.cf", "").splitlines():
        setting = line.partition("=")[0].strip()
        if setting and not setting.startswith("#"):
            assert subprocess.run([postconf, "-d", setting], capture_output=True, text=True, check=True).stderr == ""


def test_every_snippet_is_tested(repository: Path) -> None:
    assert {path.stem for path in (repository / "deploy/postfix").iterdir()} == set(SNIPPETS)
