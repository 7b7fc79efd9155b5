from pathlib import Path

import pytest

from dlp_gateway.errors import ConfigError
from dlp_gateway.rules_folder import load_texts, shipped_folder


def test_a_file_of_the_councils_own_replaces_the_shipped_one_and_adds_to_the_rest(tmp_path: Path) -> None:
    (tmp_path / "lexicons").mkdir()
    (tmp_path / "lexicons" / "own.yaml").write_text("terms: [fostering]\n", encoding="utf-8")
    texts = load_texts(tmp_path)
    assert texts["lexicons/own.yaml"] == "terms: [fostering]\n"
    assert set(load_texts(None)) <= set(texts)


def test_the_shipped_folder_exists() -> None:
    assert shipped_folder().is_dir()


def test_editors_copies_and_hidden_files_are_no_rules(tmp_path: Path) -> None:
    for name in (".policy.yaml.swp", "policy.yaml~", ".hidden.yaml"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    assert set(load_texts(tmp_path)) == set(load_texts(None))


def test_every_unreadable_file_is_named_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "b.yaml").symlink_to(tmp_path / "absent.yaml")
    with pytest.raises(ConfigError) as caught:
        load_texts(tmp_path)
    assert [Path(fault.file).name for fault in caught.value.faults] == ["a.yaml", "b.yaml"]


def test_a_folder_that_does_not_exist_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        load_texts(tmp_path / "absent")
