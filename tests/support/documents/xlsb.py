"""A binary workbook with a canary in every place, its records written by hand ([MS-XLSB] by section)."""

from __future__ import annotations

import struct

from tests.support.documents.planting import OFFICE_RELATIONS, Planted, Planting, zipped

_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_BINARY = "application/vnd.ms-excel."
_CELL = "sheet Clients"
_HIDDEN = {"hidden": True}


def record(kind: int, content: bytes = b"") -> bytes:
    """2.1.4: type in one or two octets, size in up to four, content."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = len(content)
    while size >= 0x80:
        head += bytes([size & 0x7F | 0x80])
        size >>= 7
    return head + bytes([size]) + content


def wide(text: str) -> bytes:
    """2.5.168: length in characters, UTF-16."""
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def row(number: int, *, hidden: bool = False, height: int = 300) -> bytes:
    """2.4.761, rows from 1."""
    flags = 0x10 if hidden else 0
    return record(0, struct.pack("<IIHBBBI", number - 1, 0, height, 0, flags, 0, 0))


def cell(kind: int, column: int, value: bytes, style: int = 0) -> bytes:
    """2.5.9 and the value; columns from 1."""
    return record(kind, struct.pack("<II", column - 1, style) + value)


def text(column: int, value: str, style: int = 0) -> bytes:
    """2.4.312: a string of the cell's own."""
    return cell(6, column, wide(value), style)


def real(column: int, value: float, style: int = 0) -> bytes:
    return cell(5, column, struct.pack("<d", value), style)


def make_xlsb() -> tuple[bytes, dict[str, Planted]]:
    """The workbook and its canaries."""
    plant = Planting()
    return workbook(
        book=_book(plant),
        sheets=(_clients(plant), _former(plant)),
        strings=_strings(plant),
        styles=_styles(plant),
        more=_more(plant),
    ), plant.planted


def workbook(
    *, book: bytes, sheets: tuple[bytes, ...], strings: bytes, styles: bytes, more: dict[str, bytes] | None = None
) -> bytes:
    """The package around the parts."""
    numbers = range(1, len(sheets) + 1)
    overrides = {"/xl/workbook.bin": "sheet.binary.macroEnabled.main", "/xl/styles.bin": "styles"}
    overrides |= {f"/xl/worksheets/sheet{n}.bin": "worksheet" for n in numbers} | {
        "/xl/sharedStrings.bin": "sharedStrings"
    }
    listed = "".join(f'<Override PartName="{name}" ContentType="{_BINARY}{kind}"/>' for name, kind in overrides.items())
    relations = {f"rId{n}": ("worksheet", f"worksheets/sheet{n}.bin") for n in numbers}
    relations |= {"rId90": ("styles", "styles.bin"), "rId91": ("sharedStrings", "sharedStrings.bin")}
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{_TYPES}">{listed}</Types>'.encode(),
            "_rels/.rels": related({"rId1": ("officeDocument", "xl/workbook.bin")}),
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": related(relations),
            **{f"xl/worksheets/sheet{n}.bin": octets for n, octets in zip(numbers, sheets, strict=True)},
            "xl/sharedStrings.bin": strings,
            "xl/styles.bin": styles,
            **(more or {}),
        }
    )


def related(relations: dict[str, tuple[str, str]]) -> bytes:
    items = "".join(
        f'<Relationship Id="{identifier}" Type="{OFFICE_RELATIONS}{kind}" Target="{target}"/>'
        for identifier, (kind, target) in relations.items()
    )
    return f'<Relationships xmlns="{_RELATIONS}">{items}</Relationships>'.encode()


def sheet_entry(number: int, name: str, state: int = 0) -> bytes:
    """2.4.304: state (1 hidden, 2 very hidden), id, relation, name."""
    return record(156, struct.pack("<II", state, number) + wide(f"rId{number}") + wide(name))


def _book(plant: Planting) -> bytes:
    name, value = plant("DefinedName", "defined names", **_HIDDEN), plant("NameValue", "defined names", **_HIDDEN)
    formula = b"\x17" + struct.pack("<H", len(value)) + value.encode("utf-16-le")  # 2.5.98.90: PtgStr
    defined = struct.pack("<IBI", 0, 0, 0xFFFFFFFF) + wide(name) + struct.pack("<I", len(formula)) + formula
    former = plant("FormerName", "sheet names")
    entries = sheet_entry(1, "Clients") + sheet_entry(2, former, state=2)
    return b"".join(
        (
            record(131),
            record(153, struct.pack("<II", 0, 0) + wide("ThisWorkbook")),
            record(143) + entries + record(144),
            record(39, defined + struct.pack("<II", 0, 0xFFFFFFFF)),
            record(132),
        )
    )


def _clients(plant: Planting) -> bytes:
    hidden_column = struct.pack("<IIIIH", 1, 1, 2560, 0, 1)
    no_width = struct.pack("<IIIIH", 2, 2, 0, 0, 2)
    inline, shared = plant("InlineText", _CELL, cell="A1"), 0
    plant("SharedText", _CELL, cell="D1")
    result = plant("FormulaResult", _CELL, cell="A3")
    literal = plant("FormulaText", f"{_CELL}, formula", cell="A3")
    formula = b"\x17" + struct.pack("<H", len(literal)) + literal.encode("utf-16-le")
    rows = (
        row(1)
        + text(1, inline)
        + text(2, plant("HiddenColumn", f"{_CELL} (hidden columns)", cell="B1", **_HIDDEN))
        + text(3, plant("NoWidth", f"{_CELL} (hidden columns)", cell="C1", **_HIDDEN))
        + cell(7, 4, struct.pack("<I", shared)),
        row(2)
        + real(1, 9434765919.0)
        + real(2, 1.5)
        + cell(2, 4, struct.pack("<I", 250 << 2 | 3))
        + real(5, 29252.0, 1)
        + cell(4, 6, b"\x01"),
        row(3) + cell(8, 1, wide(result) + struct.pack("<HI", 0, len(formula)) + formula + struct.pack("<I", 0)),
        row(4, hidden=True) + text(1, plant("HiddenRow", f"{_CELL} (hidden rows)", cell="A4", **_HIDDEN)),
        row(5, height=0) + text(1, plant("NoHeight", f"{_CELL} (hidden rows)", cell="A5", **_HIDDEN)),
        row(6) + text(1, plant("EmptyFormat", f"{_CELL} (hidden cells)", cell="A6", **_HIDDEN), 2),
        row(7) + text(1, plant("WhiteCell", f"{_CELL} (hidden cells)", cell="A7", **_HIDDEN), 3),
        row(8) + cell(62, 1, b"\x00" + wide(plant("RichText", _CELL, cell="A8"))),
        row(9) + text(1, plant("WhiteOnBlue", _CELL, cell="A9"), 4),
    )
    header = plant("PrintHeader", f"{_CELL}, page header")
    margins = struct.pack("<H", 0) + wide(f"&C{header}") + struct.pack("<IIIII", *([0xFFFFFFFF] * 5))
    area = struct.pack("<IIII", 0, 0, 0, 0)
    link = area + wide("") + wide("") + wide(plant("LinkTip", f"{_CELL}, link")) + wide("x")
    prompt = plant("Prompt", f"{_CELL}, data validation")
    return b"".join(
        (
            record(129) + record(148, struct.pack("<IIII", 0, 8, 0, 4)),
            record(390) + record(60, hidden_column) + record(60, no_width) + record(391),
            record(145),
            *rows,
            record(146),
            record(479, margins) + record(480),
            record(494, link),
            record(64, struct.pack("<II", 0, 0) + wide("x") + wide("y") + wide("z") + wide(prompt)),
            record(130),
        )
    )


def _former(plant: Planting) -> bytes:
    place = "sheet ZebraFormerNameEnd (very hidden)"
    return (
        record(129)
        + record(148, struct.pack("<IIII", 1, 1, 1, 1))
        + record(145)
        + row(2)
        + text(2, plant("FormerCell", place, cell="B2", **_HIDDEN))
        + record(146)
        + record(130)
    )


def _strings(plant: Planting) -> bytes:
    unused = plant("Unused", "text of no cell", **_HIDDEN)
    items = b"".join(record(19, b"\x00" + wide(word)) for word in ("ZebraSharedTextEnd", unused))
    return record(159, struct.pack("<II", 1, 2)) + items + record(160)


def _styles(plant: Planting) -> bytes:
    words = plant("FormatText", "number formats", **_HIDDEN)
    formats = {164: "dd/mm/yyyy", 165: ";;;", 166: f'"{words} "0'}
    fmts = b"".join(record(44, struct.pack("<H", number) + wide(code)) for number, code in formats.items())
    white = struct.pack("<BBhBBBB", 2 << 1 | 1, 0, 0, 255, 255, 255, 255)
    black = struct.pack("<BBhBBBB", 2 << 1 | 1, 0, 0, 0, 0, 0, 255)
    fonts = b"".join(
        record(43, struct.pack("<HHHHBBBB", 220, 0, 400, 0, 0, 0, 0, 0) + colour + b"\x00" + wide("Arial"))
        for colour in (black, white)
    )
    fills = b"".join(record(45, struct.pack("<I", kind) + black + white) for kind in (0, 1))
    # format, font, fill of each cell format
    looks = ((0, 0, 0), (164, 0, 0), (165, 0, 0), (0, 1, 0), (0, 1, 1))
    xfs = b"".join(record(47, struct.pack("<HHHHHBBI", 0, *look, 0, 0, 0, 0)) for look in looks)
    return b"".join(
        (
            record(278),
            record(615, struct.pack("<I", len(formats))) + fmts + record(616),
            record(611, struct.pack("<I", 2)) + fonts + record(612),
            record(603, struct.pack("<I", 2)) + fills + record(604),
            record(617, struct.pack("<I", len(looks))) + xfs + record(618),
            record(279),
        )
    )


def _more(plant: Planting) -> dict[str, bytes]:
    """Comments, a pivot cache, a link to another workbook, properties."""
    author = plant("CommentAuthor", "authors of comments", **_HIDDEN)
    said = plant("Comment", f"{_CELL}, comment on B4", **_HIDDEN)
    comments = b"".join(
        (
            record(628) + record(630) + record(632, wide(author)) + record(631) + record(633),
            record(635, struct.pack("<IIIII", 0, 3, 3, 1, 1) + bytes(16)),
            record(637, b"\x00" + wide(said)) + record(636) + record(634) + record(629),
        )
    )
    pivot = record(179) + record(24, wide(plant("PivotItem", "pivot cache", **_HIDDEN))) + record(180)
    linked = (
        record(360)
        + record(367, struct.pack("<I", 0) + wide(plant("LinkedCell", "external link", **_HIDDEN)))
        + record(588)
    )
    title = plant("Title", "document properties")
    properties = f'<cp:coreProperties xmlns:cp="{_CORE}" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title></cp:coreProperties>'
    return {
        "xl/comments1.bin": comments,
        "xl/worksheets/_rels/sheet1.bin.rels": related({"rId1": ("comments", "../comments1.bin")}),
        "xl/pivotCache/pivotCacheDefinition1.bin": pivot,
        "xl/externalLinks/externalLink1.bin": linked,
        "docProps/core.xml": properties.encode(),
    }
