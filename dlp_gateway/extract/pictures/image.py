"""Pictures: their text by recognition, and what their makers wrote into their properties. The only door to Pillow."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator

from PIL import Image, ImageFile, ImageOps, ImageSequence, ImageStat

from ...model import GapReason
from ..budget import BudgetSpentError
from ..source import Inner, Item, ProgramError, Source, Tools
from . import ocr
from .image_properties import properties_of
from .image_segments import Segments, segments_of
from .ocr import Grey

# Pillow loads its plugins when it first needs them; a reader's process can open no file by then.
Image.init()
warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # Pillow warns from half of our limit on
ImageFile.LOAD_TRUNCATED_IMAGES = False

# Formats that hold pixels and nothing else. Never EPS, which runs a program; never those that open other files.
_FORMATS = ("BMP", "CUR", "GIF", "ICO", "JPEG", "JPEG2000", "PNG", "TIFF", "WEBP")
_UNREAD = (  # where, what stands there, in words
    (4, b"ftypavif", "an AVIF picture, which can't be read"),
    (4, b"ftypavis", "an AVIF picture, which can't be read"),
    (4, b"ftyp", "a HEIC picture, which can't be read"),
    (0, b"8BPS", "a Photoshop file, which can't be read"),
)
_DRAWN_BY_PROGRAMS = ("BMP", "GIF", "PNG", "WEBP")  # screenshots: small print in many pixels
_ENLARGE, _LEAST_CHANGE = 3.0, 1.25
_LONG, _SHORT_SIDE = 2.5, 1900  # sides of a picture that is cut into pages: their ratio, and pixels
_OVERLAP = 80  # pixels that two pages share, so that no line is cut in both
_MAX_FRAMES = 1_000
_SAMPLE_SIDE = 400
_TOO_LARGE = "a picture with more pixels than are read"
_PLACE = f"picture {ocr.READ_FROM_PICTURE}"


def read_image(source: Source, tools: Tools) -> Iterator[Item]:
    """The properties of a picture (hidden), its text frame by frame, and what stands after its end."""
    for at, mark, words in _UNREAD:
        if source.octets[at : at + len(mark)] == mark:
            yield source.gap(GapReason.UNSUPPORTED, words)
            return
    try:
        yield from _opened(source, tools)
    except Image.DecompressionBombError:
        yield source.gap(GapReason.TOO_LARGE, _TOO_LARGE)


def recognise_pixels(octets: bytes, mode: str, size: tuple[int, int], stride: int, tools: Tools) -> str:
    """The text of decoded pixels: rows of `stride` octets from the top, `mode` as Pillow names it ("L", "BGR", "BGRA",
    "BGRX"). Raises BudgetSpentError and ProgramError."""
    kept = "L" if mode == "L" else "RGBA" if mode == "BGRA" else "RGB"
    picture = Image.frombuffer(kept, size, octets, "raw", mode, stride, 1)
    return _text_of(picture, tools, drawn=False)


def _opened(source: Source, tools: Tools) -> Iterator[Item]:
    segments = segments_of(source.octets, tools.meter)
    yield from _after_end(segments)
    # Pillow itself must watch: a later frame of a GIF may be larger than the first, and the picture in an icon larger
    # than the icon says. It raises DecompressionBombError at twice this number.
    Image.MAX_IMAGE_PIXELS = tools.meter.budget.pixels // 2
    picture = Image.open(io.BytesIO(source.octets), formats=_FORMATS)
    yield source.passage(properties_of(picture, segments, tools), "picture properties", hidden=True)
    for number, frame in enumerate(ImageSequence.Iterator(picture)):
        if number >= _MAX_FRAMES:
            raise BudgetSpentError("a picture with more frames than are read")
        place = _PLACE if number == 0 else f"picture, frame {number + 1} {ocr.READ_FROM_PICTURE}"
        yield from _frame(source, tools, frame, place)


def _after_end(segments: Segments) -> Iterator[Item]:
    if segments.rest:
        yield Inner(name="(after its end)", octets=segments.rest, hidden=True, listed=False)


def _frame(source: Source, tools: Tools, frame: Image.Image, place: str) -> Iterator[Item]:
    width, height = frame.size
    if not ocr.may_hold_text(width, height):
        return
    if width * height > tools.meter.budget.pixels:
        yield source.gap(GapReason.TOO_LARGE, _TOO_LARGE)
        return
    tools.meter.expand(width * height)
    drawn = frame.format in _DRAWN_BY_PROGRAMS
    whole = _load(frame)
    try:
        yield source.passage(_text_of(ImageOps.exif_transpose(frame), tools, drawn=drawn), place)
    except (BudgetSpentError, ProgramError) as error:
        yield source.gap(error.reason, error.detail)
    if not whole:
        yield source.gap(GapReason.CORRUPT, "a picture that is cut off or damaged")


def _load(frame: Image.Image) -> bool:
    """Decode the pixels, as many as there are: whether all are. Raises OSError where there are none."""
    try:
        frame.load()
    except (OSError, SyntaxError, ValueError):
        ImageFile.LOAD_TRUNCATED_IMAGES = True  # the rest stays grey
        try:
            frame.load()
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = False
        return False
    return True


def _text_of(picture: Image.Image, tools: Tools, *, drawn: bool) -> str:
    grey = _readable_size(_grey(picture), drawn=drawn)
    return "\n".join(filter(None, (ocr.recognise(Grey(*page.size, page.tobytes()), tools) for page in _pages_of(grey))))


def _grey(picture: Image.Image) -> Image.Image:
    """8-bit grey in which the text stands out: of the channel that differs where brightness does not."""
    if picture.mode in ("I;16", "I;16B", "I;16L", "I;16N", "I", "F"):
        low, high = picture.getextrema()
        scale = 255 / ((high - low) or 1)  # type: ignore[operator]  # one band has numbers
        return picture.convert("F").point(lambda value: value * scale - low * scale).convert("L")  # type: ignore[operator]
    if picture.mode in ("1", "L"):
        return picture.convert("L")
    if picture.has_transparency_data:
        picture = _on_paper(picture.convert("RGBA"))
    picture = picture.convert("RGB")
    sample = picture.reduce(max(1, max(picture.size) // _SAMPLE_SIDE))
    spread = ImageStat.Stat(sample).stddev
    band = max(range(3), key=spread.__getitem__)
    if spread[band] > 2 * ImageStat.Stat(sample.convert("L")).stddev[0]:
        return picture.getchannel(band)
    return picture.convert("L")


def _on_paper(picture: Image.Image) -> Image.Image:
    """What is transparent becomes white, or black where what is drawn is bright."""
    alpha = picture.getchannel("A")
    drawn = alpha.point(lambda value: 255 if value > 32 else 0)
    bright = ImageStat.Stat(picture.convert("L"), drawn).mean[0] > 190 if drawn.getextrema()[1] else False
    paper = Image.new("RGBA", picture.size, "black" if bright else "white")
    paper.alpha_composite(picture)
    return paper


def _readable_size(grey: Image.Image, *, drawn: bool) -> Image.Image:
    """Enlarged or reduced to what is recognised best: about a page's pixels, strips of the width of a page."""
    width, height = grey.size
    if max(width, height) > _LONG * min(width, height) and width * height > ocr.PAGE_PIXELS:
        factor = min(1.0, _SHORT_SIDE / min(width, height))
    else:
        # Never reduce a screenshot as a photograph: its letters may have nine pixels.
        wanted = 2 * ocr.PAGE_PIXELS if drawn and width * height > ocr.PAGE_PIXELS else ocr.PAGE_PIXELS
        factor = min(_ENLARGE, (wanted / (width * height)) ** 0.5)
    if 1 / _LEAST_CHANGE < factor < _LEAST_CHANGE:
        return grey
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    return grey.resize(size, Image.Resampling.BICUBIC, reducing_gap=3.0)


def _pages_of(grey: Image.Image) -> Iterator[Image.Image]:
    """The picture, or where it is a long strip its pieces."""
    width, height = grey.size
    if width * height <= 2 * ocr.PAGE_PIXELS or max(width, height) <= _LONG * min(width, height):
        yield grey
        return
    step = ocr.PAGE_PIXELS // min(width, height)
    for start in range(0, max(width, height) - _OVERLAP, step):
        end = min(start + step + _OVERLAP, max(width, height))
        yield grey.crop((0, start, width, end) if height > width else (start, 0, end, height))
