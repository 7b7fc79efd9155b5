"""Keys as RFC 2104 makes them, and looking up in a table."""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path

from dlp_gateway.detect.records.index_table import KEY_BYTES, KeyMaker
from dlp_gateway.exact_index.open import open_index
from dlp_gateway.exact_index.write import IndexWriter
from tests.support.council_records import KEY, MAKER


def test_a_key_is_the_hmac_of_kinds_and_values_cut_to_80_bits() -> None:
    derived = hmac.digest(KEY, b"index of records", hashlib.sha256)
    wanted = hmac.digest(derived, b"name+date_of_birth\0fann smith\x001980-02-01", hashlib.sha256)
    assert MAKER.key("name+date_of_birth", ("fann smith", "1980-02-01")) == wanted[:KEY_BYTES]
    assert KEY_BYTES * 8 == 80


def test_another_installation_has_other_keys() -> None:
    other = KeyMaker(b"o" * 32)
    assert other.key("reference", ("A123456",)) != MAKER.key("reference", ("A123456",))
    assert other.key_id != MAKER.key_id


def test_every_entry_is_found_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "some.index"
    keys = [MAKER.key("reference", (str(n),)) for n in range(5000)]
    with IndexWriter(path, MAKER) as writer:
        for number, key in enumerate(keys):
            writer.add(key, number)
            writer.add(key, number)  # twice is once
            if number % 10 == 0:
                writer.add(key, number + 100_000)
        assert writer.finish(kinds=[("reference",)], records=5000) == 5500
    table = open_index(path, MAKER)
    for number, key in enumerate(keys):
        assert table.find(key) == ((number, number + 100_000) if number % 10 == 0 else (number,))
    assert not any(table.find(MAKER.key("reference", (str(n),))) for n in range(5000, 10000))


def test_a_key_that_begins_inside_of_another_entry_is_not_found(tmp_path: Path) -> None:
    path = tmp_path / "some.index"
    with IndexWriter(path, MAKER) as writer:
        writer.add(b"\0\0\0\0\0\0\0\0\0\1", 0x00000000)
        writer.add(b"\0\0\0\0\0\0\0\0\0\2", 0x00000000)
        writer.finish(kinds=[("reference",)], records=2)
    table = open_index(path, MAKER)
    assert table.find(b"\0\0\0\0\0\0\0\0\1\0") == ()
    assert table.find(b"\0\0\0\0\0\0\0\0\0\2") == (0,)


def test_a_key_of_very_many_records_keeps_some(tmp_path: Path) -> None:
    path = tmp_path / "some.index"
    with IndexWriter(path, MAKER) as writer:
        for number in range(1000):
            writer.add(b"a" * KEY_BYTES, number)
        assert writer.finish(kinds=[("postcode",)], records=1000) == 64
    assert len(open_index(path, MAKER).find(b"a" * KEY_BYTES)) == 64
