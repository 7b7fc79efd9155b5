"""`console`: what it needs before it serves."""

from __future__ import annotations

from pathlib import Path

from tests.unit.cli.conftest import Run


def test_without_its_address_it_does_not_start(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("keys: {folder: keys}\n")
    ran = run(["console"])
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("dlp-gateway: console.url: is not set")
    assert len(ran.err.splitlines()) == 1


def test_without_its_key_it_says_what_makes_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("keys: {folder: keys}\nconsole: {url: 'https://check.council.example'}\n")
    ran = run(["console"])
    assert ran.code == 2
    assert "console.key: can't be read" in ran.err
    assert "`dlp-gateway init` makes the keys" in ran.err
