"""Files in BinHex 4.0, against an encoder written from its description."""

from __future__ import annotations

import binascii
import struct
from collections.abc import Callable

from dlp_gateway.extract import Budget
from dlp_gateway.model import GapReason
from tests.support.cpu_time import within

ALPHABET = b"!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"


def binhex(data: bytes, name: bytes = b"note.txt", second: bytes = b"", size: int | None = None) -> bytes:
    header = bytes([len(name)]) + name + b"\0TEXTttxt\0\0" + struct.pack(">II", size or len(data), len(second))
    plain = b"".join(fork + struct.pack(">H", binascii.crc_hqx(fork, 0)) for fork in (header, data, second))
    return wrapped(plain.replace(b"\x90", b"\x90\0"))


def wrapped(packed: bytes) -> bytes:
    bits = "".join(f"{octet:08b}" for octet in packed)
    sextets = [ALPHABET[int(bits[start : start + 6].ljust(6, "0"), 2)] for start in range(0, len(bits), 6)]
    lines = [bytes(sextets[start : start + 64]) for start in range(0, len(sextets), 64)]
    return b"(This file must be converted with BinHex 4.0)\n\n:" + b"\n".join(lines) + b":\n"


def test_a_file_is_read_under_its_own_name(read: Callable) -> None:
    reading = read(b"Good morning\n" + binhex(b"K_TEXT of the file"), "a.hqx")
    assert ("2/note.txt", "", False) in reading.where("K_TEXT of the file")


def test_the_second_fork_is_read_too(read: Callable) -> None:
    assert read(binhex(b"x", second=b"K_SECOND fork"), "a.hqx").where("K_SECOND fork")


def test_runs_and_the_mark_itself_are_expanded(read: Callable) -> None:
    header = b"\x01a\0TEXTttxt\0\0" + struct.pack(">II", 9, 0) + b"\0\0"
    packed = header.replace(b"\x90", b"\x90\0") + b"K\x90\x05_END\0\0"
    assert read(wrapped(packed), "a.hqx").where("KKKKK_END")
    assert read(binhex("K_MARK ê\x90 end".encode("mac-roman", "replace")), "a.hqx").where("K_MARK")


def test_a_file_cut_off_is_read_as_far_as_it_goes(read: Callable) -> None:
    assert read(binhex(b"K_TEXT and no more" + b" at all" * 90, size=9999), "a.hqx").where("K_TEXT and no more")


def test_what_is_no_binhex_stays_text(read: Callable) -> None:
    text = b"(This file must be converted with BinHex 4.0)\n:no, it is not:\n"
    reading = read(text, "a.txt")
    assert reading.where("no, it is not")
    assert reading.gaps == ()


def test_a_bomb_ends_at_the_budget(read: Callable) -> None:
    header = b"\x01a\0TEXTttxt\0\0" + struct.pack(">II", 2**31, 0) + b"\0\0"
    octets = wrapped(header + b"K\x90\xff" * 20_000)
    reading = within(2, lambda: read(octets, "a.hqx", budget=Budget(message_bytes=1_000_000)))
    assert GapReason.TOO_LARGE in reading.reasons
