import os
import threading

import pytest

from dlp_gateway.frames import read_frame, read_kind, write_frame, write_kind


@pytest.mark.parametrize("octets", [b"", b"x", b"x" * 70_000, b"x" * 3_000_000])
def test_what_was_written_is_read(octets: bytes) -> None:
    reading, writing = os.pipe()
    writer = threading.Thread(target=lambda: (write_frame(writing, octets), write_kind(writing, b"K", octets)))
    writer.start()
    assert read_frame(reading) == octets
    assert read_kind(reading) == (b"K", octets)
    writer.join()
    os.close(reading)
    os.close(writing)


def test_an_end_that_has_closed_is_the_end_of_the_file() -> None:
    reading, writing = os.pipe()
    os.write(writing, b"\0\0\0\5abc")
    os.close(writing)
    with pytest.raises(EOFError):
        read_frame(reading)
    os.close(reading)
    reading, writing = os.pipe()
    os.close(reading)
    with pytest.raises(EOFError):
        write_kind(writing, b"K")
    os.close(writing)
