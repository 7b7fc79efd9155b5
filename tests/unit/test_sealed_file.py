"""Large messages lie on the disk as noise, without a name, and come back as they were."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from dlp_gateway.errors import StoreUnavailableError
from dlp_gateway.octets import Spooled, blocks, edited, whole
from dlp_gateway.sealed_file import SPOOL_ABOVE_BYTES, Intake, SealedFile, kept

HEADER = b"From: a@council.example\r\nSubject: plans\r\n\r\n"
BODY = b"943 476 5919 is somebody's number.\r\n" * 20000


def descriptors() -> set[str]:
    return {link for fd in os.listdir("/proc/self/fd") if (link := _target(fd)).endswith("(deleted)")}


def _target(fd: str) -> str:
    try:
        return os.readlink(f"/proc/self/fd/{fd}")
    except FileNotFoundError:
        return ""


def test_only_the_header_stays_in_memory_and_the_rest_comes_back(tmp_path: Path) -> None:
    message = kept(HEADER + BODY, tmp_path)
    assert isinstance(message, Spooled)
    assert (message.header, len(message.body), len(message)) == (HEADER, len(BODY), len(HEADER + BODY))
    assert message.body.is_ascii
    assert whole(message) == b"".join(blocks(message)) == HEADER + BODY


def test_small_messages_stay_where_they_are(tmp_path: Path) -> None:
    small = b"x" * SPOOL_ABOVE_BYTES
    assert kept(small, tmp_path) is small


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("octets", [HEADER + b"body\r\n", b"\r\nno header\r\n", HEADER, b"A: b\r\nno body\r\n"])
def test_a_message_is_the_same_however_it_is_cut(tmp_path: Path, octets: bytes, size: int) -> None:
    intake = Intake(tmp_path)
    for at in range(0, len(octets), size):
        intake.write(octets[at : at + size])
    assert whole(intake.octets()) == octets


def test_no_file_has_a_name_and_the_disk_is_free_again_when_nobody_holds_it(tmp_path: Path) -> None:
    """So that nothing need be cleared away after a crash."""
    before = descriptors()
    message = kept(HEADER + BODY, tmp_path)
    assert list(tmp_path.iterdir()) == []
    assert len(descriptors() - before) == 1
    del message
    gc.collect()
    assert descriptors() == before


def test_nothing_of_it_can_be_read_on_the_disk(tmp_path: Path) -> None:
    file = SealedFile(tmp_path)
    file.write(BODY)
    (fd,) = [fd for fd in os.listdir("/proc/self/fd") if _target(fd).startswith(str(tmp_path))]
    stored = Path(f"/proc/self/fd/{fd}").read_bytes()
    assert len(stored) == len(BODY) + 16
    assert b"943 476" not in stored


def test_what_was_altered_on_the_disk_does_not_open(tmp_path: Path) -> None:
    file = SealedFile(tmp_path)
    file.write(BODY)
    (fd,) = [fd for fd in os.listdir("/proc/self/fd") if _target(fd).startswith(str(tmp_path))]
    os.pwrite(int(fd), b"altered", 1000)
    with pytest.raises(StoreUnavailableError, match="the spool refused a large message: InvalidTag"):
        list(file.blocks())


def test_a_full_disk_is_no_fault_of_the_mail() -> None:
    with pytest.raises(StoreUnavailableError, match="FileNotFoundError"):
        SealedFile(Path("/nowhere"))


def test_an_edit_of_the_header_leaves_the_body_where_it_is(tmp_path: Path) -> None:
    message = kept(HEADER + BODY, tmp_path)
    assert isinstance(message, Spooled)
    changed = edited(message, lambda header: b"X: y\r\n" + header)
    assert isinstance(changed, Spooled)
    assert changed.body is message.body
    assert whole(changed) == b"X: y\r\n" + HEADER + BODY
    assert edited(message, lambda header: header) is message
