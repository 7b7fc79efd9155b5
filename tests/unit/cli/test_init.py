"""`init`: keys and folders that the configuration names."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from dlp_gateway.config_file import load_config
from dlp_gateway.keys import load_keys
from tests.unit.cli.conftest import Run


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "etc" / "config.yaml"
    path.parent.mkdir()
    path.write_text("store: {url: 'sqlite:///../lib/db/gateway.db', spool: ../lib/spool}\nkeys: {folder: keys}\n")
    return path


def test_keys_and_folders_are_made_for_nobody_else(run: Run, config: Path, tmp_path: Path) -> None:
    ran = run(["init", "--config", config])
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.count("made ") == 4
    load_keys(load_config(config, {}).keys.folder)
    for folder in ("etc/keys", "lib/spool", "lib/db"):
        assert stat.S_IMODE((tmp_path / folder).stat().st_mode) == 0o700, folder


def test_a_second_run_changes_nothing(run: Run, config: Path) -> None:
    run(["init", "--config", config])
    before = load_keys(load_config(config, {}).keys.folder)
    ran = run(["init", "--config", config])
    assert ran.code == 0
    assert "made " not in ran.out
    assert load_keys(load_config(config, {}).keys.folder) == before


def test_no_key_is_printed(run: Run, config: Path) -> None:
    ran = run(["init", "--config", config])
    keys = load_keys(load_config(config, {}).keys.folder)
    assert not any(key.hex() in ran.out for key in (keys.mark, keys.fingerprint, *keys.seal.values()))


def test_a_folder_that_can_not_be_made_is_one_clear_line(run: Run, config: Path, tmp_path: Path) -> None:
    (tmp_path / "lib").write_text("a file where a folder should be")
    ran = run(["init", "--config", config])
    assert (ran.code, ran.out) == (2, "")
    assert len(ran.err.splitlines()) == 1
    assert "can't be made" in ran.err
