"""A file that can't be trusted is a fault, never an index without people."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dlp_gateway.detect.records.index_table import HEAD_AT, KeyMaker
from dlp_gateway.errors import ConfigError
from dlp_gateway.exact_index import index_path, open_index, open_records
from tests.support.council_records import KEY, MAKER, build, opened


@pytest.fixture
def path(tmp_path: Path) -> Path:
    build(tmp_path, "one", ("reference",), [], [(f"AB{n:06}",) for n in range(50)])
    return index_path(tmp_path, "one")


def fault_of(path: Path, maker: KeyMaker = MAKER) -> str:
    with pytest.raises(ConfigError) as caught:
        open_index(path, maker)
    (fault,) = caught.value.faults
    assert fault.file == str(path)
    return fault.text


def test_a_folder_is_opened_with_all_that_is_in_it(path: Path) -> None:
    (path.parent / "notes.txt").write_text("mine")
    build(path.parent, "two", ("reference",), [], [("AB123456",)])
    records = opened(path.parent)
    assert set(records.indexes) == {"one", "two"}
    assert records.documents is None
    assert (records.indexes["one"].records, records.indexes["one"].entries) == (50, 50)


def test_a_folder_that_does_not_exist_has_nothing(tmp_path: Path) -> None:
    assert dict(opened(tmp_path / "none").indexes) == {}


def test_each_build_is_another_version(path: Path) -> None:
    before = opened(path.parent).indexes["one"].version
    build(path.parent, "one", ("reference",), [], [(f"AB{n:06}",) for n in range(60)])
    assert opened(path.parent).indexes["one"].version != before


def test_another_installations_index_is_refused(path: Path) -> None:
    assert "another installation's key" in fault_of(path, KeyMaker(b"o" * 32))


@pytest.mark.parametrize("at", [HEAD_AT + 3, 20])
def test_an_altered_head_is_refused(path: Path, at: int) -> None:
    _flip(path, at)
    assert "is damaged" in fault_of(path)


@pytest.mark.parametrize("at", [4096, -1, -1500])
def test_an_altered_entry_or_table_is_refused(path: Path, at: int) -> None:
    _flip(path, at)
    assert "has been changed" in fault_of(path)


def test_a_file_cut_short_or_longer_is_refused(path: Path) -> None:
    octets = path.read_bytes()
    for wrong in (octets[:-1], octets + b"\0", octets[:5000]):
        path.unlink()
        path.write_bytes(wrong)
        assert "cut short" in fault_of(path)


@pytest.mark.parametrize("octets", [b"", b"DLPINDX1", b"PK\3\4" + bytes(100)])
def test_what_is_no_index_is_refused(tmp_path: Path, octets: bytes) -> None:
    path = tmp_path / "one.index"
    path.write_bytes(octets)
    assert "empty" in fault_of(path) or "is no index" in fault_of(path)


def test_an_index_of_other_normal_forms_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dlp_gateway.exact_index.open.NORMAL_FORMS", 99)
    assert "build it again" in fault_of(path)


def test_all_faults_of_a_folder_are_told_at_once(path: Path) -> None:
    (path.parent / "bad.index").write_bytes(b"x")
    (path.parent / "worse.index").write_bytes(b"")
    with pytest.raises(ConfigError) as caught:
        open_records(path.parent, KEY, ("one", "missing", "bad"))
    told = {Path(fault.file).name: fault.text for fault in caught.value.faults}
    assert told.keys() == {"bad.index", "worse.index", "missing.index"}
    assert "is required and is not there" in told["missing.index"]


def test_an_open_index_outlives_its_descriptor_and_its_replacement(path: Path) -> None:
    before = set(os.listdir("/proc/self/fd"))
    table = open_index(path, MAKER)
    for descriptor in set(os.listdir("/proc/self/fd")) - before:
        try:
            os.close(int(descriptor))  # as a worker does that locks itself down
        except OSError:
            continue
    build(path.parent, "one", ("reference",), [], [(f"CD{n:06}",) for n in range(50)])
    assert table.find(MAKER.key("reference", ("AB000007",))) == (7,)
    assert not table.find(MAKER.key("reference", ("CD000007",)))


@pytest.mark.parametrize("name", ["Protected", "../x", "", "a" * 41, "a_b", "-a"])
def test_a_name_that_is_no_file_name_of_ours_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError):
        index_path(tmp_path, name)


def _flip(path: Path, at: int) -> None:
    octets = bytearray(path.read_bytes())
    octets[at] ^= 1
    path.unlink()
    path.write_bytes(octets)
