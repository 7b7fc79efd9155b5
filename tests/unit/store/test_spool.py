"""Sealed octets open unchanged or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dlp_gateway.errors import StoreUnavailableError
from dlp_gateway.keys import Keys
from dlp_gateway.store.spool import CHUNK_BYTES, Spool
from dlp_gateway.store.values import BodyDamagedError

KEYS = Keys(seal={"0001": b"1" * 32, "0002": b"2" * 32}, seal_id="0002", fingerprint=b"", mark=b"")
SEALED_CHUNK = CHUNK_BYTES + 16
HEADER_BYTES = len(b"DLPSEAL1") + 1 + len("0002") + 40


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool", KEYS, "b00t")


def path_of(tmp_path: Path, key: str) -> Path:
    return tmp_path / "spool" / f"{key}.sealed"


def refuses(spool: Spool, key: str) -> None:
    with pytest.raises(BodyDamagedError):
        spool.unseal(key)


def test_a_flipped_bit_anywhere_is_refused(spool, tmp_path):
    key = spool.seal(b"x" * (CHUNK_BYTES + 100))
    path = path_of(tmp_path, key)
    good = path.read_bytes()
    for place in (0, 7, 8, 9, 12, 13, 30, 52, 53, 1000, HEADER_BYTES + SEALED_CHUNK - 1, len(good) - 1):
        path.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        refuses(spool, key)
    path.write_bytes(good)
    assert len(spool.unseal(key)) == CHUNK_BYTES + 100


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES])
def test_a_file_cut_anywhere_is_refused(spool, tmp_path, size):
    key = spool.seal(b"x" * size)
    path = path_of(tmp_path, key)
    good = path.read_bytes()
    for length in {0, 5, 8, 9, 20, HEADER_BYTES, HEADER_BYTES + SEALED_CHUNK, len(good) - 16, len(good) - 1}:
        if length < len(good):
            path.write_bytes(good[:length])
            refuses(spool, key)
    path.write_bytes(good + b"\0")
    refuses(spool, key)


def test_swapped_and_repeated_chunks_are_refused(spool, tmp_path):
    key = spool.seal(os.urandom(3 * CHUNK_BYTES))
    path = path_of(tmp_path, key)
    good = path.read_bytes()
    head, body = good[:HEADER_BYTES], good[HEADER_BYTES:]
    chunks = [body[start : start + SEALED_CHUNK] for start in range(0, len(body), SEALED_CHUNK)]
    for order in ((1, 0, 2), (0, 0, 2), (0, 2), (0, 1), (0, 1, 1, 2)):
        path.write_bytes(head + b"".join(chunks[number] for number in order))
        refuses(spool, key)


def test_a_file_under_another_name_is_refused(spool, tmp_path):
    """Otherwise whoever can rename files could have one message released in the place of another."""
    first, second = spool.seal(b"the harmless one"), spool.seal(b"the other one")
    path_of(tmp_path, second).replace(path_of(tmp_path, first))
    refuses(spool, first)


def test_another_installations_key_is_refused(spool, tmp_path):
    key = spool.seal(b"Dear resident")
    others = Keys(seal={"0002": b"9" * 32}, seal_id="0002", fingerprint=b"", mark=b"")
    refuses(Spool(tmp_path / "spool", others, "b00t"), key)
    without = Keys(seal={"0001": b"1" * 32}, seal_id="0001", fingerprint=b"", mark=b"")
    refuses(Spool(tmp_path / "spool", without, "b00t"), key)


def test_an_older_seal_key_still_opens(tmp_path):
    old = Keys(seal={"0001": b"1" * 32}, seal_id="0001", fingerprint=b"", mark=b"")
    key = Spool(tmp_path / "spool", old, "b00t").seal(b"Dear resident")
    assert Spool(tmp_path / "spool", KEYS, "later").unseal(key) == b"Dear resident"


def test_a_missing_file_and_a_foreign_name_are_refused(spool):
    refuses(spool, "b00t.ffff")
    refuses(spool, "../../etc/passwd")
    refuses(spool, "")


def test_discarding_twice_is_no_fault(spool):
    key = spool.seal(b"Dear resident")
    spool.discard(key)
    spool.discard(key)
    refuses(spool, key)


def test_files_are_for_the_owner_alone(spool, tmp_path):
    key = spool.seal(b"Dear resident")
    assert path_of(tmp_path, key).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "spool").stat().st_mode & 0o777 == 0o700


def test_neither_clear_text_nor_the_key_is_on_disk(spool, tmp_path):
    key = spool.seal(b"NHS number 943 476 5919 " * 1000)
    stored = path_of(tmp_path, key).read_bytes()
    assert b"943 476" not in stored
    assert b"2" * 32 not in stored


def test_a_disk_that_refuses_is_a_temporary_error_and_leaves_nothing(tmp_path):
    spool = Spool(tmp_path / "spool", KEYS, "b00t")
    (tmp_path / "spool").rmdir()
    with pytest.raises(StoreUnavailableError):
        spool.seal(b"Dear resident")


def test_equal_octets_make_different_files(spool, tmp_path):
    """Otherwise the disk would tell that two people got the same letter."""
    first, second = spool.seal(b"Dear resident"), spool.seal(b"Dear resident")
    assert path_of(tmp_path, first).read_bytes()[-29:] != path_of(tmp_path, second).read_bytes()[-29:]
