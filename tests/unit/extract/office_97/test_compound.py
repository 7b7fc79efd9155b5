"""Compound files, whole, cut off and hostile. olefile and the gateway's writer check the reader, and it them."""

from __future__ import annotations

import io
import struct

import olefile
import pytest

from dlp_gateway.extract.budget import Budget, BudgetSpentError, Meter
from dlp_gateway.extract.office_97.compound import CompoundError, CompoundFile, Storage
from dlp_gateway.extract.office_97.compound_writer import Tree, tree_of, write_compound
from tests.support.cpu_time import within
from tests.support.documents import compound as support
from tests.support.documents.planted import planted_file

_TREE: Tree = {
    "short": b"x" * 70,
    "Long": bytes(range(256)) * 20,
    "empty": b"",
    "folder": {"inner": b"y" * 4096, "deeper": {"leaf": b"z"}, "nothing": {}},
}


def opened(octets: bytes, budget: Budget | None = None) -> CompoundFile:
    return CompoundFile(octets, Meter(budget or Budget()))


def named(storage: Storage) -> set[str]:
    return {stream.name for stream in storage.streams.values()}


@pytest.mark.parametrize("large", [False, True], ids=["sectors of 512", "sectors of 4096"])
def test_what_is_written_is_read_and_olefile_finds_no_fault(large: bool) -> None:
    tree = {**_TREE, "bulk": bytes(7_000_000)} if large else _TREE
    octets = write_compound(tree)
    assert tree_of(opened(octets).root) == tree
    assert not opened(octets).damaged
    with olefile.OleFileIO(io.BytesIO(octets), raise_defects=olefile.DEFECT_POTENTIAL) as file:
        assert file.parsing_issues == []
        assert file.openstream("folder/deeper/leaf").read() == b"z"
        assert file.openstream("Long").read() == tree["Long"]


@pytest.mark.parametrize("name", ["planted.doc", "planted.xls", "planted.ppt"])
def test_files_of_others_read_as_olefile_reads_them(name: str) -> None:
    assert tree_of(opened(planted_file(name)).root) == support.tree_of(planted_file(name))


def test_names_differ_without_regard_to_case_and_none_is_lost() -> None:
    root = opened(write_compound({"Book": b"1", "BOOK": b"2"})).root
    assert "book" in root
    assert sorted(stream.octets() for stream in root.streams.values()) == [b"1", b"2"]


def test_a_stream_that_is_cut_off_keeps_what_there_is_and_the_file_is_damaged() -> None:
    octets = write_compound({"a": bytes(range(256)) * 40})
    header = bytearray(octets)
    directory = struct.unpack_from("<I", octets, 48)[0]
    struct.pack_into("<Q", header, (directory + 1) * 512 + 128 + 120, 100_000)
    file = opened(bytes(header))
    assert file.root.read("a") == bytes(range(256)) * 40
    assert file.damaged


def test_sectors_that_no_stream_uses_are_told() -> None:
    octets = write_compound({"kept": bytes(5000), "gone": b"former text" * 500})
    gone = octets.replace("gone".encode("utf-16-le") + bytes(56) + struct.pack("<HB", 10, 2), bytes(67))
    assert gone != octets
    assert b"former text" in b"".join(opened(gone).unused())
    assert b"former text" not in b"".join(opened(octets).unused())


def test_a_chain_that_runs_in_a_circle_ends() -> None:
    octets = bytearray(write_compound({"a": bytes(5000)}))
    fat = octets.rindex(struct.pack("<4I", 1, 2, 3, 4))
    struct.pack_into("<I", octets, fat + 8, 0)
    assert len(opened(bytes(octets)).root.read("a")) == 5000


def test_a_directory_that_runs_in_a_circle_or_as_a_list_is_read() -> None:
    """A tree may be as deep as it is long: no walk of it may use the stack of the interpreter."""
    octets = bytearray(write_compound({f"stream {number:05}": b"x" for number in range(3000)}))
    start = (struct.unpack_from("<I", octets, 48)[0] + 1) * 512
    for number in range(1, 3001):  # every stream to the right of the one before, the last back to the first
        struct.pack_into("<II", octets, start + number * 128 + 68, 0xFFFFFFFF, number % 3000 + 1)
    struct.pack_into("<I", octets, start + 76, 1)
    assert len(named(opened(bytes(octets)).root)) == 3000


def test_as_many_streams_as_fit_cost_time_in_proportion() -> None:
    """olefile compares every stream with all before it."""
    octets = write_compound({f"stream {number:06}": b"x" for number in range(40_000)})
    assert len(within(5, lambda: named(opened(octets).root))) == 40_000


def test_streams_that_share_their_sectors_are_counted_each() -> None:
    octets = bytearray(write_compound({f"s{number}": bytes(100_000) for number in range(4)}))
    start = (struct.unpack_from("<I", octets, 48)[0] + 1) * 512
    for number in range(1, 5):
        struct.pack_into("<I", octets, start + number * 128 + 116, 0)
    root = opened(bytes(octets), Budget(message_bytes=250_000)).root
    with pytest.raises(BudgetSpentError):
        [stream.octets() for stream in root.streams.values()]


@pytest.mark.parametrize(
    "octets",
    [b"", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 2000],
)
def test_what_has_no_directory_is_none(octets: bytes) -> None:
    with pytest.raises(CompoundError):
        opened(octets)


def test_a_list_of_sectors_of_the_table_that_runs_in_a_circle_ends() -> None:
    octets = bytearray(write_compound({"a": bytes(70_000)}))
    struct.pack_into("<II", octets, 68, 0, 0xFFFFFFFF)
    struct.pack_into("<I", octets, 512 + 508, 0)
    assert opened(bytes(octets)).root is not None
