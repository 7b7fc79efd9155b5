from __future__ import annotations

import struct
from collections.abc import Callable

from dlp_gateway.model import GapReason
from tests.support.documents.images import encoded, picture
from tests.support.ocr import Onlooker


def bitmap() -> tuple[bytes, bytes]:
    """Header and pixels of a device-independent bitmap."""
    octets = encoded(picture(["K"], size=(200, 60)), "BMP")
    start = int.from_bytes(octets[10:14], "little")
    return octets[14:start], octets[start:]


def emf(*records: tuple[int, bytes]) -> bytes:
    """[MS-EMF] 2.3.4.2: a header with a description, the records, an end."""
    words = "K_PROGRAM\0K_DRAWING\0\0".encode("utf-16-le")
    head = bytes(32) + b" EMF" + struct.pack("<IIIHHII", 0x10000, 0, len(records) + 2, 1, 0, len(words) // 2, 100)
    head = head + bytes(100 - 8 - len(head)) + words
    everything = [(1, head), *records, (14, bytes(12))]
    return b"".join(struct.pack("<II", kind, 8 + len(body)) + body for kind, body in everything)


def ext_text_out(text: str, y: int, *, wide: bool = True, options: int = 0) -> tuple[int, bytes]:
    octets = text.encode("utf-16-le" if wide else "cp1252")
    body = bytes(28) + struct.pack("<iiIIIIIIII", 10, y, len(text), 76, options, 0, 0, 0, 0, 0) + octets
    return (84 if wide else 83), body + bytes(-len(body) % 4)


def plus(kind: int, data: bytes, flags: int = 0) -> tuple[int, bytes]:
    record = struct.pack("<HHII", kind, flags, 12 + len(data), len(data)) + data
    return 70, struct.pack("<I", 4 + len(record)) + b"EMF+" + record


def test_the_texts_of_an_emf_are_lines_by_their_height(read: Callable) -> None:
    small = struct.pack("<iiIIIff", 10, 300, 7, 0x300, 0, 0, 0) + b"K_SMALL" + bytes(1)
    octets = emf(
        ext_text_out("Name:", 100),
        ext_text_out("Jane Example", 100),
        ext_text_out("K_NARROW é", 200, wide=False),
        (108, small),
    )
    (passage,) = read(octets, "chart.emf").at("drawing")
    assert passage.text.split("\n") == ["K_PROGRAM K_DRAWING", "Name: Jane Example", "K_NARROW é", "K_SMALL"]


def test_the_texts_of_emf_plus_are_read(read: Callable) -> None:
    words = "K_PLUS"
    string = struct.pack("<IIIffff", 0, 0, len(words), 1.0, 2.0, 3.0, 4.0) + words.encode("utf-16-le")
    driven = struct.pack("<IIII", 0, 1, 0, 8) + "K_DRIVEN".encode("utf-16-le") + bytes(64)
    text = read(emf(plus(0x401C, string), plus(0x4036, driven)), "chart.emf").text
    assert "K_PLUS" in text
    assert "K_DRIVEN" in text


def test_letters_given_as_numbers_of_glyphs_are_a_gap(read: Callable) -> None:
    assert read(emf(ext_text_out("abc", 1, options=0x10)), "chart.emf").reasons == [GapReason.UNSUPPORTED]


def test_the_bitmaps_of_an_emf_are_recognised(read: Callable) -> None:
    head, bits = bitmap()
    stretched = bytes(40) + struct.pack("<IIII", 80, len(head), 80 + len(head), len(bits)) + bytes(16) + head + bits
    inside = struct.pack("<IIiiiII", 0xDBC01002, 1, 0, 0, 0, 0, 1) + encoded(picture(["L"], size=(210, 60)), "PNG")
    looking = Onlooker()
    reading = read(emf((81, stretched), plus(0x4008, inside, 0x0500)), "chart.emf", run=looking)
    assert reading.gaps == ()
    assert [p.part for p in reading.passages if "PICTURE" in p.text] == ["2/picture 1", "2/picture 2"]


def wmf(*records: tuple[int, bytes]) -> bytes:
    """[MS-WMF] 2.3.2: placeable header, header, records."""
    body = b"".join(
        struct.pack("<IH", 3 + (len(data) + 1) // 2, kind) + data + bytes(len(data) % 2) for kind, data in records
    )
    place = b"\xd7\xcd\xc6\x9a" + bytes(18)
    return (
        place + struct.pack("<HHHIHIH", 1, 9, 0x300, 9 + len(body) // 2 + 3, 0, 0, 0) + body + struct.pack("<IH", 3, 0)
    )


def test_the_texts_and_bitmaps_of_a_wmf_are_read(read: Callable) -> None:
    head, bits = bitmap()
    octets = wmf(
        (0x0521, struct.pack("<H", 9) + b"K_TEXTOUT\0" + struct.pack("<hh", 50, 1)),
        (0x0A32, struct.pack("<hhhH", 80, 1, 5, 0) + b"Name:"),
        (0x0A32, struct.pack("<hhhHhhhh", 80, 9, 9, 4, 0, 0, 0, 0) + b"K_CLIPPED"),
        (0x0F43, bytes(22) + head + bits),
    )
    looking = Onlooker()
    reading = read(octets, "old.wmf", run=looking)
    assert reading.at("drawing")[0].text.split("\n") == ["K_TEXTOUT", "Name: K_CLIPPED"]
    assert reading.where("PICTURE 1")
    assert reading.gaps == ()


def test_an_emf_within_a_wmf_is_read(read: Callable) -> None:
    whole = emf(ext_text_out("K_WITHIN", 100))
    pieces = [whole[:60], whole[60:]]
    records = [
        (
            0x0626,
            struct.pack("<HH", 15, 34 + len(piece))
            + b"WMFC"
            + struct.pack("<IIHIIIII", 1, 0x10000, 0, 0, 2, len(piece), 0, len(whole))
            + piece,
        )
        for piece in pieces
    ]
    assert read(wmf(*records), "old.wmf").one("K_WITHIN").part == "2/drawing"


def test_a_metafile_cut_off_anywhere_ends(read: Callable) -> None:
    octets = emf(ext_text_out("K_FIRST", 100), ext_text_out("K_SECOND", 200), plus(0x401C, bytes(40)))
    for end in range(44, len(octets), 3):
        reading = read(octets[:end], "chart.emf")
        assert set(reading.reasons) <= {GapReason.CORRUPT}
    assert read(octets[:-40], "chart.emf").where("K_FIRST")
