from __future__ import annotations

import io
import resource
import struct
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, PngImagePlugin

from dlp_gateway.extract import Budget
from dlp_gateway.model import GapReason
from tests.support.documents.images import LETTER, encoded, page, photograph, picture
from tests.support.documents.pdf import plain_pdf
from tests.support.ocr import Onlooker, tesseract, unavailable

PLACE = "picture (read from a picture)"


def squashed(text: str) -> str:
    return "".join(text.split())


FORMATS = {
    "png": ("PNG", {}),
    "jpg": ("JPEG", {"quality": 80}),
    "gif": ("GIF", {}),
    "bmp": ("BMP", {}),
    "tif": ("TIFF", {}),
    "webp": ("WEBP", {"lossless": True}),
    "jp2": ("JPEG2000", {}),
}


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "bmp", "tif", "webp", "jp2"])
def test_text_is_read_from_every_format(read: Callable, suffix: str) -> None:
    name, options = FORMATS[suffix]
    reading = read(encoded(picture(), name, **options), f"scan.{suffix}", run=tesseract)
    (passage,) = reading.at(PLACE)
    assert [line for line in LETTER if squashed(line) not in squashed(passage.text)] == []
    assert reading.gaps == ()
    assert not passage.hidden


@pytest.mark.parametrize(
    "drawn",
    [
        pytest.param(page().rotate(90, expand=True), id="on its side"),
        pytest.param(page().rotate(180), id="upside down"),
        pytest.param(page(100, points=12), id="at 100 dots per inch"),
        pytest.param(page(150, points=6), id="small print"),
        pytest.param(page().convert("1"), id="black and white"),
        pytest.param(page().convert("P"), id="with a palette"),
        pytest.param(picture(ink="white", paper="black"), id="white on black"),
        pytest.param(picture(ink="#fafafa"), id="nearly invisible"),
        pytest.param(picture(ink=(255, 0, 0), paper=(0, 130, 0)), id="red on green"),
        pytest.param(picture(mode="RGBA", ink="black", paper=(0, 0, 0, 0)), id="black on nothing"),
        pytest.param(picture(mode="RGBA", ink="white", paper=(0, 0, 0, 0)), id="white on nothing"),
        pytest.param(picture(mode="CMYK", ink=(0, 0, 0, 255), paper=(0, 0, 0, 0)), id="printing colours"),
        pytest.param(picture(mode="I;16", ink=0, paper=65535), id="16 bits"),
        pytest.param(picture(size=(700, 260), letters=12), id="a screen's letters"),
    ],
)
def test_text_is_read_however_it_is_drawn(read: Callable, drawn: Image.Image) -> None:
    name = "TIFF" if drawn.mode == "CMYK" else "PNG"
    reading = read(encoded(drawn, name), "scan.png", run=tesseract)
    text = squashed(reading.at(PLACE)[0].text)
    assert squashed("QQ 12 34 56 C") in text
    assert squashed("Jane Example") in text


def test_a_number_in_a_picture_of_a_line_is_read(read: Callable) -> None:
    """A signature's small picture, or a number pasted as one."""
    octets = encoded(picture(["QQ 12 34 56 C"], size=(140, 26), letters=13), "PNG")
    assert "QQ123456C" in squashed(read(octets, "line.png", run=tesseract).text)


def test_a_fax_is_read_page_by_page(read: Callable) -> None:
    pages = [picture([f"page {number}"], size=(400, 200), mode="1", ink=0, paper=1) for number in (1, 2, 3)]
    octets = encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression="group4")
    looking = Onlooker()
    reading = read(octets, "fax.tif", run=looking)
    assert len(looking.pictures) == 3
    assert reading.where("PICTURE 3") == [("2", "picture, frame 3 (read from a picture)", False)]


def test_the_same_picture_is_recognised_once(read: Callable) -> None:
    frames = [picture(["same"], size=(300, 100))] * 4
    octets = encoded(frames[0], "TIFF", save_all=True, append_images=frames[1:])
    looking = Onlooker()
    assert len(read(octets, "same.tif", run=looking).where("PICTURE 1")) == 4
    assert len(looking.pictures) == 1


@pytest.mark.parametrize("size", [(1, 1), (16, 16), (64, 64), (600, 2), (50, 20)])
def test_icons_and_tracking_pixels_are_not_recognised(read: Callable, size: tuple[int, int]) -> None:
    looking = Onlooker()
    assert read(encoded(photograph(size), "PNG"), "icon.png", run=looking).gaps == ()
    assert looking.pictures == []


def test_a_picture_of_one_colour_is_not_recognised(read: Callable) -> None:
    looking = Onlooker()
    read(encoded(Image.new("RGB", (800, 600), "navy"), "PNG"), "plain.png", run=looking)
    assert looking.pictures == []


@pytest.mark.parametrize(
    ("size", "name", "expected"),
    [
        pytest.param((200, 60), "PNG", [(600, 180)], id="a logo is enlarged"),
        pytest.param((4000, 3000), "JPEG", [(2449, 1837)], id="a photograph is reduced to a page's pixels"),
        pytest.param((3840, 2160), "PNG", [(3840, 2160)], id="a screenshot keeps its small letters"),
        pytest.param(
            (1000, 9600), "PNG", [(1000, 4580), (1000, 4580), (1000, 600)], id="a long page is cut with overlap"
        ),
    ],
)
def test_pictures_are_brought_to_a_readable_size(
    read: Callable, size: tuple[int, int], name: str, expected: list[tuple[int, int]]
) -> None:
    looking = Onlooker()
    read(encoded(photograph(size), name), "picture", run=looking)
    assert [each.size for each in looking.pictures] == expected


def test_pictures_beyond_the_budget_are_a_gap_and_small_ones_cost_little(read: Callable, make_zip: Callable) -> None:
    small = {f"{n}.png": encoded(picture([f"logo {n}"], size=(200, 60)), "PNG") for n in range(15)}
    assert read(make_zip(small), "logos.zip", run=Onlooker(), budget=Budget(pictures=2)).gaps == ()
    large = {f"{n}.png": encoded(picture([f"page {n}"], size=(1700, 2400)), "PNG") for n in range(3)}
    reading = read(make_zip(large), "pages.zip", run=Onlooker(), budget=Budget(pictures=2))
    assert [(gap.part, gap.reason) for gap in reading.gaps] == [("2/2.png", GapReason.TOO_LARGE)]


def test_a_picture_that_can_t_be_recognised_here_is_a_gap(read: Callable) -> None:
    reading = read(encoded(picture(), "PNG"), "scan.png", run=unavailable)
    assert reading.reasons == [GapReason.UNSUPPORTED]


def vast_png() -> bytes:
    """60,000 by 60,000 pixels in a few hundred octets."""
    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    chunks = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(5000))), (b"IEND", b""))
    )
    return b"\x89PNG\r\n\x1a\n" + chunks


def gif_that_grows() -> bytes:
    """A second frame as large as the format allows, after a first of 100 by 40 pixels."""
    first = encoded(Image.new("L", (100, 40), 255), "GIF")
    descriptor = b"," + struct.pack("<HHHHB", 0, 0, 65_535, 65_535, 0)
    return first.removesuffix(b";") + descriptor + b"\x08\x02\x00\xff\x00;"


def icon_around(png: bytes) -> bytes:
    """An icon of 100 by 100 pixels, which is in truth the picture in it."""
    return struct.pack("<HHH", 0, 1, 1) + struct.pack("<BBBBHHII", 100, 100, 0, 0, 1, 32, len(png), 22) + png


@pytest.mark.parametrize(
    ("name", "octets"),
    [
        pytest.param("bomb.png", vast_png(), id="said at once"),
        pytest.param("bomb.gif", gif_that_grows(), id="by a later frame"),
        pytest.param("bomb.ico", icon_around(vast_png()), id="by the picture in an icon"),
    ],
)
def test_too_many_pixels_are_a_gap_before_any_is_decoded(read: Callable, name: str, octets: bytes) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    reading = read(octets, name, run=Onlooker())
    grown_mib = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    assert [(gap.reason, gap.detail) for gap in reading.gaps] == [
        (GapReason.TOO_LARGE, "a picture with more pixels than are read")
    ]
    assert grown_mib < 100


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "a HEIC picture, which can't be read"),
        (b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00mif1avif", "an AVIF picture, which can't be read"),
        (b"8BPS\x00\x01\x00\x00", "a Photoshop file, which can't be read"),
    ],
)
def test_formats_that_are_not_read_are_a_gap_that_names_them(read: Callable, start: bytes, words: str) -> None:
    reading = read(start + bytes(range(256)), "picture")
    assert [(gap.reason, gap.detail) for gap in reading.gaps] == [(GapReason.UNSUPPORTED, words)]


# -- properties --


def exif_of(**more: object) -> Image.Exif:
    exif = Image.Exif()
    exif[0x010E] = "K_DESCRIPTION of it"
    exif[0x013B] = "K_ARTIST"
    exif[0x9C9C] = "K_XPCOMMENT".encode("utf-16-le")
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0K_USERCOMMENT"
    exif.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, 26.0), 3: "W", 4: (0.0, 7.0, 39.0)})
    return exif


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
def test_exif_is_read_and_a_position_told_in_words(read: Callable, suffix: str) -> None:
    name, options = FORMATS[suffix]
    octets = encoded(picture(), name, exif=exif_of(), **options)
    (properties,) = read(octets, f"photo.{suffix}", run=Onlooker()).at("picture properties")
    for words in ("K_DESCRIPTION of it", "K_ARTIST", "K_XPCOMMENT", "K_USERCOMMENT"):
        assert words in properties.text
    assert "GPS position where the picture was taken: 51.50722 N, 0.12750 W" in properties.text
    assert properties.hidden


def test_the_tags_of_a_tiff_are_read(read: Callable) -> None:
    (properties,) = read(encoded(picture(), "TIFF", exif=exif_of()), "fax.tif", run=Onlooker()).at("picture properties")
    assert properties.text.split("\n") == ["K_DESCRIPTION of it", "K_ARTIST", "K_XPCOMMENT"]


def test_the_texts_of_a_png_are_read(read: Callable) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "K_TEXT é".encode("latin-1"))
    info.add_text("Comment", "K_ZIPPED", zip=True)
    info.add_itxt("Title", "K_INTERNATIONAL 日本", "ja", "K_KEYWORD")
    info.add_itxt("Source", "K_ZIPPED_TOO", zip=True)
    info.add_itxt("XML:com.adobe.xmp", "<x><d dc='K_ATTRIBUTE'>K_XMP</d></x>")
    text = read(encoded(picture(), "PNG", pnginfo=info), "a.png", run=Onlooker()).at("picture properties")[0].text
    for words in ("K_TEXT é", "K_ZIPPED", "K_INTERNATIONAL 日本", "K_KEYWORD", "K_ZIPPED_TOO", "K_ATTRIBUTE", "K_XMP"):
        assert words in text


def test_a_text_of_a_png_that_is_a_bomb_is_a_gap(read: Callable) -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "x" * 900_000, zip=True)
    octets = encoded(picture(), "PNG", pnginfo=info)
    assert GapReason.TOO_LARGE in read(octets, "a.png", budget=Budget(file_bytes=500_000), run=Onlooker()).reasons


def test_every_comment_of_a_jpeg_and_its_iptc_are_read(read: Callable) -> None:
    iptc = b"\x1c\x02\x78" + struct.pack(">H", 9) + b"K_CAPTION" + b"\x1c\x02\x19" + struct.pack(">H", 9) + b"K_KEYWORD"
    resources = b"8BIM\x04\x04\0\0" + struct.pack(">I", len(iptc)) + iptc
    blocks = [(0xFE, b"K_FIRST"), (0xFE, b"K_SECOND"), (0xED, b"Photoshop 3.0\0" + resources)]
    blocks += [(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>K_XMP</x>")]
    octets = encoded(picture(), "JPEG")
    added = b"".join(struct.pack(">BBH", 0xFF, code, len(data) + 2) + data for code, data in blocks)
    text = read(octets[:2] + added + octets[2:], "a.jpg", run=Onlooker()).at("picture properties")[0].text
    for words in ("K_FIRST", "K_SECOND", "K_CAPTION", "K_KEYWORD", "K_XMP"):
        assert words in text


def test_the_comment_of_a_gif_is_read(read: Callable) -> None:
    octets = encoded(picture().quantize(), "GIF", comment=b"K_COMMENT")
    assert "K_COMMENT" in read(octets, "a.gif", run=Onlooker()).at("picture properties")[0].text


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "webp"])
def test_text_and_documents_after_the_end_of_a_picture_are_read(read: Callable, suffix: str) -> None:
    name, options = FORMATS[suffix]
    octets = encoded(picture(), name, **options)
    assert read(octets + b"Client: K_APPENDED\r\n", f"a.{suffix}", run=Onlooker()).one("K_APPENDED").hidden
    assert read(octets + plain_pdf("K_IN_PDF"), f"a.{suffix}", run=Onlooker()).one("K_IN_PDF").hidden


def test_a_camera_s_trailer_is_no_gap(read: Callable) -> None:
    octets = encoded(picture(), "JPEG") + bytes(range(256)) * 20
    assert read(octets, "a.jpg", run=Onlooker()).gaps == ()


# -- broken --


def test_a_picture_that_is_cut_off_is_read_as_far_as_it_goes(read: Callable) -> None:
    octets = encoded(picture(), "JPEG")
    looking = Onlooker()
    reading = read(octets[: len(octets) * 2 // 3], "a.jpg", run=looking)
    assert reading.reasons == [GapReason.CORRUPT]
    assert len(looking.pictures) == 1


@pytest.mark.parametrize("suffix", sorted(FORMATS))
def test_no_cut_escapes_as_an_error_or_passes_in_silence(read: Callable, suffix: str) -> None:
    """A picture cut off anywhere is read in part and said to be broken, or it had ended but for its last octets."""
    name, options = FORMATS[suffix]
    octets = encoded(picture(size=(200, 80)), name, **options)
    for end in range(12, len(octets) - 16, max(1, len(octets) // 25)):
        looking = Onlooker()
        reading = read(octets[:end], f"a.{suffix}", run=looking)
        assert reading.gaps or looking.pictures, end
        assert set(reading.reasons) <= {GapReason.CORRUPT, GapReason.UNSUPPORTED}


def test_damaged_octets_are_a_gap(read: Callable) -> None:
    assert read(b"GIF89a" + bytes(range(256)), "a.gif", run=Onlooker()).reasons == [GapReason.CORRUPT]


def test_an_svg_is_read_as_text(read: Callable) -> None:
    svg = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><text>QQ<tspan>12</tspan>3456C</text></svg>'
    assert "QQ123456C" in read(svg, "a.svg", "image/svg+xml").text


def test_an_icon_file_is_read_by_its_largest_picture(read: Callable) -> None:
    looking = Onlooker()
    octets = io.BytesIO()
    picture(["K"], size=(256, 256)).save(octets, "ICO", sizes=[(16, 16), (256, 256)])
    assert read(octets.getvalue(), "a.ico", run=looking).gaps == ()
    assert len(looking.pictures) == 1
