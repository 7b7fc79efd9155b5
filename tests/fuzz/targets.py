"""What is fuzzed: by name, a function that reads octets as the product does and checks what must hold.

MemoryError is allowed to leave, as in a reader process. Import this module under `atheris.instrument_imports` for
coverage.
"""

from __future__ import annotations

import zlib
from functools import cache, partial
from itertools import chain, pairwise
from typing import Any

from dlp_gateway.detect.disguise.views import views_of
from dlp_gateway.detect.normalise import canonical
from dlp_gateway.extract import Budget, Spent, read_one_file
from dlp_gateway.extract.kind import Kind, kind_of
from dlp_gateway.extract.source import Run, Source, Told, no_programs
from dlp_gateway.inspection import Inspector
from dlp_gateway.model import Area, AskNames, Controls, Passage, Question
from dlp_gateway.parse import (
    addresses,
    author_of,
    decode_charset,
    decode_value,
    display_names,
    parse_message,
    read_controls,
    split_message,
    views,
)
from dlp_gateway.parse.charset import _CODECS, charset_problem
from dlp_gateway.parse.parameters import (
    boundary_problem,
    read_content_type,
    read_disposition,
    read_encoding,
    strip_comments,
)
from tests.support import shipped_rules
from tests.support.small_documents import image

from .promises import (
    check_attachment,
    check_gap,
    check_margins,
    check_passage,
    check_told,
    check_tree,
    check_written,
)
from .target import Target, require

BUDGET = Budget(
    message_bytes=8 << 20,
    file_bytes=4 << 20,
    ratio_from_bytes=1 << 20,
    files=60,
    depth=4,
    pages=12,
    pictures=3,
    pixels=2_000_000,
    cells=50_000,
    tags=200_000,
    text_chars=1_000_000,
    html_bytes=1 << 20,
)
"""Small, so that inputs reach its limits."""

PART = "2"
_ONE_IN = 8  # inputs that are read twice and sent the way to another process and back
_CHARSETS = (None, *sorted(_CODECS), "unknown-8bit", "x-not-known")
_QUESTION = Question(entities=None, names=AskNames.NEVER)
_MOST_LETTERS = 18  # that NFKC makes of one (Unicode Standard Annex 15, U+FDFA)


def _twice(octets: bytes) -> bool:
    """Whether this input is one of those that are read again; the same answer for the same input."""
    return zlib.crc32(octets) % _ONE_IN == 0


# -- parse --


def read_message(octets: bytes) -> None:
    """Our own splitter: the tree, its offsets, its leaves and the header of it all."""
    parsed = split_message(octets)
    check_tree(octets, parsed)
    check_margins(octets, parsed)
    controls = read_controls(parsed, ("Subject", "X-Trusted"))
    check_written((controls,))
    require(author_of(octets) == controls.author, "the author is the same by both ways")
    display_names(parsed)
    for part in parsed.parts:
        _check_views(part.octets, part.charset)
    require(not _twice(octets) or split_message(octets) == parsed, "the same octets are split alike")


def read_with_second_opinions(octets: bytes) -> None:
    """The whole of parsing: what other parsers see comes after what ours sees, and takes nothing away."""
    ours, all_of_it = split_message(octets), parse_message(octets)
    require(all_of_it.parts[: len(ours.parts)] == ours.parts, "a second opinion takes no part away")
    require(all_of_it.gaps[: len(ours.gaps)] == ours.gaps, "a second opinion takes no gap away")
    check_tree(octets, all_of_it)
    require(not _twice(octets) or parse_message(octets) == all_of_it, "the same octets are parsed alike")


def read_header(octets: bytes) -> None:
    """The values of header fields: words, addresses, parameters, comments."""
    decode_value(octets).encode("utf-8")
    for mailbox in addresses(octets):
        require("@" in mailbox.address, "an address has its sign")
        (mailbox.address + mailbox.display_name).encode("utf-8")
    for read in (read_content_type, read_disposition, read_encoding):
        "".join(chain.from_iterable(read(octets).params)).encode("utf-8")
    strip_comments(octets)
    boundary_problem(octets)


def read_charsets(octets: bytes) -> None:
    """All readings of octets under a label; the first octet chooses it."""
    if octets:
        label = _CHARSETS[octets[0] % len(_CHARSETS)]
        _check_views(octets[1:], label)
        charset_problem(octets[1:], label)


def _check_views(octets: bytes, charset: str | None) -> None:
    readings = views(octets, charset)
    require(readings[0] == decode_charset(octets, charset)[0], "the first view is the text as declared")
    require(len(set(readings)) == len(readings), "a view is given once")
    for text in readings:
        text.encode("utf-8")
        require(len(text) <= len(octets) * 2 + 2, "a view is not longer than its octets can say")


# -- detect --


def read_canonically(octets: bytes) -> None:
    """The canonical reading of a text and all further ones: their offsets lead back."""
    text = octets.decode("utf-8", "replace")
    reading = canonical(text)
    require(len(reading.text) <= len(text) * _MOST_LETTERS, "a reading is not longer than normalisation makes it")
    spans = [reading.span(at, at + 1) for at in range(len(reading.text))]
    require(all(0 <= start < end <= len(text) for start, end in spans), "a span lies in the text")
    require(all(one[0] <= other[0] for one, other in pairwise(spans)), "spans follow one another")
    for place in ("", "page 1 (read from a picture)"):
        passage = Passage(part=PART, place=place, text=text, area=Area.BODY)
        for view in views_of(passage, reading):
            require(len(view.origins) > 0, "a view reads something")
            for at in range(0, len(view.text), 1 + len(view.text) // 500):
                start, end = view.span(at, at + 1)
                require(0 <= start < end <= len(text), "a span of a view lies in the text")


def inspector() -> Inspector:
    """The shipped rules without the language model."""
    return shipped_rules.inspector(names=False)


def detect(octets: bytes) -> None:
    """All recognisers over one passage, which the first octet makes a table or prose."""
    text = octets[1:].decode("utf-8", "replace")
    passage = Passage(part="1", place="", text=text, area=Area.BODY, table=bool(octets[:1] > b"\x7f"))
    detector = inspector()._detector
    detection = detector.detect((passage,), Controls(), _QUESTION, {})
    for finding in detection.findings:
        require(0 <= finding.start < finding.end <= len(text), "a finding lies in its passage")
    for individual in detection.individuals:
        require(all(i < len(detection.findings) for i in individual.findings), "an individual's findings exist")
    if _twice(octets):
        check_written((detection,))
        require(detector.detect((passage,), Controls(), _QUESTION, {}) == detection, "the same text is judged alike")


# -- extract --


def read_file(octets: bytes, *, run: Run = no_programs, **said: Any) -> None:
    """One file and the files in it, by its content, as the reader process does."""
    source = Source(part=PART, octets=octets, **said)
    told, spent = _read(source, run)
    check_told(told, spent, BUDGET, PART)
    if _twice(octets):
        check_written(told)
        require(_read(source, run) == (told, spent), "the same file is read alike")


def _read(source: Source, run: Run) -> tuple[list[Told], Spent]:
    told: list[Told] = []
    spent = read_one_file(
        source,
        0,
        parse_message,
        views,
        BUDGET,
        spent=Spent(),
        run=run,
        emit=told.append,
        begin=lambda _: None,
    )
    return told, spent


def judge_kind(octets: bytes) -> None:
    """What a file is, under each label."""
    for declared, filename in (
        (None, None),
        ("text/html", "a.html"),
        ("message/rfc822", "a.eml"),
        ("text/csv", "a.csv"),
        ("application/octet-stream", "a.docx"),
    ):
        source = Source(part=PART, octets=octets, declared=declared, filename=filename)
        require(kind_of(source, views) is kind_of(source, views), "a file is of one kind")


def read_answer_of_ocr(octets: bytes) -> None:
    """The recognition program answers with these octets: they come from a picture of somebody's."""
    read_file(_picture(), run=lambda name, _: octets, filename="a.png")


@cache
def _picture() -> bytes:
    return image("png")


def read_answer_of_unpacker(octets: bytes) -> None:
    """A program unpacked an archive that no library reads, and answers with these octets."""
    read_file(b"Rar!\x1a\x07\x00" + bytes(100), run=lambda name, _: octets, filename="a.rar")


# -- all of it --


def inspect(octets: bytes) -> None:
    """A message through parse, extract and detect with everything asked but names."""
    inspection = inspector().inspect(octets, _QUESTION)
    for gap in inspection.gaps:
        check_gap(gap)
    for attachment in inspection.attachments:
        check_attachment(attachment)
    require(all(f.start < f.end for f in inspection.findings), "a finding has a length")
    if _twice(octets):
        extraction = inspector().passages(octets)
        for passage in extraction.passages:
            check_passage(passage)
        ends: dict[tuple[str, str], int] = {}
        for passage in extraction.passages:
            at = (passage.part, passage.place)
            ends[at] = max(ends.get(at, 0), len(passage.text))
        for finding in inspection.findings:
            found_in = [end for (part, _), end in ends.items() if part == finding.part]
            require(bool(found_in) and finding.end <= max(found_in), "a finding lies in a passage of its part")
        check_written((inspection, extraction))
        require(inspector().inspect(octets, _QUESTION) == inspection, "the same message is inspected alike")


def _file(
    name: str, words: str, *kinds: Kind, holding: tuple[bytes, ...] = (b"",), max_bytes: int = 1 << 16, **said: Any
) -> Target:
    return Target(
        name=name,
        check=partial(read_file, **said),
        words=words,
        kinds=frozenset(kinds),
        holding=holding,
        max_bytes=max_bytes,
    )


def _stream(*names: str) -> tuple[bytes, ...]:
    """How a compound file spells names of streams ([MS-CFB], 2.6.1)."""
    return tuple(name.encode("utf-16-le") for name in names)


_ALL = (
    Target(name="mime", check=read_message, words="mail", messages=True),
    Target(name="second-opinion", check=read_with_second_opinions, words="mail", messages=True),
    Target(name="header", check=read_header, words="mail", texts=True, max_bytes=4096),
    Target(name="charset", check=read_charsets, words="text", texts=True, max_bytes=4096),
    Target(name="canonical", check=read_canonically, words="text", texts=True, max_bytes=2048),
    Target(name="detect", check=detect, words="text", texts=True, max_bytes=4096),
    Target(name="text", check=partial(read_file, filename="a.txt"), words="text", texts=True, max_bytes=1 << 14),
    _file("html", "html", Kind.HTML, declared="text/html"),
    _file("csv", "csv", Kind.TABLE, declared="text/csv"),
    _file("calendar", "folded", Kind.FOLDED, declared="text/calendar"),
    _file("rtf", "rtf", Kind.RTF),
    _file("zip", "zip", Kind.ZIP),
    _file("compressed", "archive", Kind.GZIP, Kind.BZIP2, Kind.XZ),
    _file("tar", "archive", Kind.TAR),
    _file("other-archive", "archive", Kind.OTHER_ARCHIVE),
    _file("docx", "package", Kind.OFFICE_OPEN, holding=(b"word/",)),
    _file("xlsx", "package", Kind.OFFICE_OPEN, holding=(b"xl/",)),
    _file("pptx", "package", Kind.OFFICE_OPEN, holding=(b"ppt/",)),
    _file("odf", "package", Kind.OPEN_DOCUMENT),
    _file("doc", "ole", Kind.OLE, holding=_stream("WordDocument"), max_bytes=1 << 17),
    _file("xls", "ole", Kind.OLE, holding=_stream("Workbook", "Book"), max_bytes=1 << 17),
    _file("ppt", "ole", Kind.OLE, holding=_stream("PowerPoint Document"), max_bytes=1 << 17),
    _file("msg", "ole", Kind.OLE, holding=_stream("__properties_version1.0"), max_bytes=1 << 17),
    _file("tnef", "tnef", Kind.TNEF),
    _file("pdf", "pdf", Kind.PDF),
    _file("image", "image", Kind.IMAGE, Kind.METAFILE),
    _file("cms", "cms", Kind.CMS),
    _file("any-file", "any", *Kind),
    _file("openpgp", "text", Kind.PGP, Kind.ARMOUR),
    Target(name="kind", check=judge_kind, words="any", kinds=frozenset(Kind), max_bytes=1 << 14),
    Target(name="ocr-answer", check=read_answer_of_ocr, words="text", texts=True, max_bytes=4096),
    Target(name="unar-answer", check=read_answer_of_unpacker, words="archive", kinds=frozenset({Kind.TAR})),
    Target(name="whole", check=inspect, words="mail", messages=True, max_bytes=1 << 17),
)
TARGETS: dict[str, Target] = {target.name: target for target in _ALL}
