"""The secret keys: made once, readable by nobody else, and never silently absent."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from dlp_gateway.errors import ConfigError, Fault
from dlp_gateway.keys import KEY_BYTES, create_keys, load_console_key, load_keys, rotate_seal, secret_in


def faults_of(folder: Path) -> list[Fault]:
    with pytest.raises(ConfigError) as caught:
        load_keys(folder)
    return caught.value.faults


def write(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    path.write_text(text)


def test_keys_that_were_made_are_loaded(tmp_path: Path) -> None:
    create_keys(tmp_path / "keys")
    keys = load_keys(tmp_path / "keys")
    assert keys.seal_id == "0001"
    assert list(keys.seal) == ["0001"]
    all_keys = [keys.fingerprint, keys.mark, keys.seal["0001"]]
    assert [len(key) for key in all_keys] == [KEY_BYTES] * 3
    assert len(set(all_keys)) == 3


def test_only_their_owner_can_read_them(tmp_path: Path) -> None:
    folder = tmp_path / "etc" / "keys"
    made = create_keys(folder)
    assert {path.name for path in made} == {"fingerprint.key", "mark.key", "console.key", "seal-0001.key"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o400}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_second_call_makes_nothing_and_changes_nothing(tmp_path: Path) -> None:
    create_keys(tmp_path)
    before = load_keys(tmp_path)
    assert create_keys(tmp_path) == []
    assert load_keys(tmp_path) == before


def test_only_what_is_missing_is_made(tmp_path: Path) -> None:
    create_keys(tmp_path)
    before = load_keys(tmp_path)
    (tmp_path / "mark.key").unlink()
    assert create_keys(tmp_path) == [tmp_path / "mark.key"]
    after = load_keys(tmp_path)
    assert (after.seal, after.fingerprint) == (before.seal, before.fingerprint)
    assert after.mark != before.mark


def test_the_highest_number_seals_and_all_open(tmp_path: Path) -> None:
    create_keys(tmp_path)
    for number in ("0002", "0010"):
        write(tmp_path / f"seal-{number}.key", number[-2:] * KEY_BYTES + "\n")
    keys = load_keys(tmp_path)
    assert keys.seal_id == "0010"
    assert set(keys.seal) == {"0001", "0002", "0010"}
    assert keys.seal["0002"] == b"\x02" * KEY_BYTES
    assert create_keys(tmp_path) == []


def test_every_missing_key_is_a_fault_that_says_what_makes_it(tmp_path: Path) -> None:
    faults = faults_of(tmp_path / "absent")
    assert [Path(fault.file).name for fault in faults] == ["absent", "fingerprint.key", "mark.key"]
    assert all("`dlp-gateway init` makes the keys" in fault.text for fault in faults)


@pytest.mark.parametrize("text", ["", "ab" * 31, "ab" * 33, "xy" * 32, "é" * 32])
def test_a_broken_key_is_a_fault_and_is_not_quoted(tmp_path: Path, text: str) -> None:
    create_keys(tmp_path)
    write(tmp_path / "mark.key", text)
    write(tmp_path / "seal-0001.key", text)
    faults = faults_of(tmp_path)
    assert [Path(fault.file).name for fault in faults] == ["seal-0001.key", "mark.key"]
    assert all(fault.text == "is not a key; it must hold 32 octets in hexadecimal" for fault in faults)


def test_keys_never_show_in_their_text(tmp_path: Path) -> None:
    create_keys(tmp_path)
    keys = load_keys(tmp_path)
    shown = repr(keys)
    assert not any(
        key.hex() in shown or repr(key) in shown for key in (keys.fingerprint, keys.mark, *keys.seal.values())
    )


def test_the_key_of_the_console_is_one_of_its_own_and_read_alone(tmp_path: Path) -> None:
    create_keys(tmp_path)
    keys = load_keys(tmp_path)
    key = load_console_key(tmp_path)
    assert len(key) == KEY_BYTES
    assert key not in (keys.fingerprint, keys.mark, *keys.seal.values())
    for path in tmp_path.glob("*.key"):
        if path.name != "console.key":
            path.unlink()
    assert load_console_key(tmp_path) == key


def test_a_console_key_that_is_missing_says_what_makes_it(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="`dlp-gateway init` makes the keys"):
        load_console_key(tmp_path)


def test_a_new_key_seals_and_the_older_ones_still_open(tmp_path: Path) -> None:
    create_keys(tmp_path)
    before = load_keys(tmp_path)
    assert rotate_seal(tmp_path) == tmp_path / "seal-0002.key"
    after = load_keys(tmp_path)
    assert after.seal_id == "0002"
    assert after.seal["0001"] == before.seal["0001"] != after.seal["0002"]
    assert (tmp_path / "seal-0002.key").stat().st_mode & 0o777 == 0o400


def test_a_secret_is_the_text_of_its_file_without_the_line_end(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    path.write_bytes(" pass wörd \r\n".encode())
    assert secret_in(path) == " pass wörd "
    assert secret_in(None) is None


@pytest.mark.parametrize("octets", [None, b"\xff\xfe"], ids=["missing", "no UTF-8"])
def test_a_secret_that_cannot_be_read_is_one_line_that_names_its_file(tmp_path: Path, octets: bytes | None) -> None:
    path = tmp_path / "secret"
    if octets is not None:
        path.write_bytes(octets)
    with pytest.raises(ConfigError, match="can't be read as UTF-8 text") as caught:
        secret_in(path)
    assert [fault.file for fault in caught.value.faults] == [str(path)]
