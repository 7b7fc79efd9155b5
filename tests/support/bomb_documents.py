"""Documents and pictures that are small and well formed, or nearly, and cost far more than they show."""

from __future__ import annotations

import struct
import zlib

from tests.support.bomb_archives import END, MIB, Deflated, archive_of, deflated, entry, zeros, zipped

_TYPES = b"""<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/></Types>"""
_RELS = b"""<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1"
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" Target="%s"/></Relationships>"""
_WORD = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_SHEET = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def docx(document: bytes) -> bytes:
    return zipped(
        ("[Content_Types].xml", _TYPES),
        ("_rels/.rels", _RELS % (b"officeDocument", b"word/document.xml")),
        ("word/document.xml", document),
    )


def xlsx(rows: bytes, times: int = 1) -> bytes:
    """A workbook of one sheet with these rows that many times."""
    book = b"<workbook %s xmlns:r='http://schemas.openxmlformats.org/officeDocument/2006/relationships'>" % _SHEET
    sheet = deflated(rows, times, b"<worksheet %s><sheetData>" % _SHEET, b"</sheetData></worksheet>")
    return package(
        (b"_rels/.rels", _RELS % (b"officeDocument", b"xl/workbook.xml")),
        (b"xl/workbook.xml", book + b'<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'),
        (b"xl/_rels/workbook.xml.rels", _RELS % (b"worksheet", b"worksheets/sheet1.xml")),
        (b"xl/worksheets/sheet1.xml", sheet),
    )


def package(*parts: tuple[bytes, bytes | Deflated]) -> bytes:
    entries = []
    for name, content in ((b"[Content_Types].xml", _TYPES), *parts):
        packed = content if isinstance(content, Deflated) else deflated(b"", 0, content)
        entries.append(entry(name, packed.stored, size=packed.size, crc=packed.crc))
    return archive_of(*entries)


def xlsx_far_cells() -> bytes:
    """The first and the last cell there can be: a reader that fills the grid between takes 16,000 million cells."""
    text = b'<c r="%s" t="inlineStr"><is><t>%s</t></is></c>'
    return xlsx(
        b'<row r="1">' + text % (b"A1", b"first") + b'</row><row r="1048576">' + text % (b"XFD1048576", END) + b"</row>"
    )


def xlsx_many_rows(count: int) -> bytes:
    return xlsx(b"<row><c><v>1</v></c></row>" * 1000, count // 1000)


def xlsb_far_cells() -> bytes:
    """The same in binary (MS-XLSB, 2.4): a library that makes one block for all cells asks for 512 GiB."""

    def record(kind: int, content: bytes) -> bytes:
        return (
            (bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])) + bytes([len(content)]) + content
        )

    def row(number: int, column: int, text: bytes) -> bytes:
        head = struct.pack("<IIHBBBI", number, 0, 255, 0, 0, 0, 0)
        wide = text.decode().encode("utf-16-le")
        return record(0, head) + record(6, struct.pack("<III", column, 0, len(text)) + wide)

    name = "S".encode("utf-16-le")
    rel = "r1".encode("utf-16-le")
    bundle = struct.pack("<II", 0, 1) + struct.pack("<I", 2) + rel + struct.pack("<I", 1) + name
    book = record(131, b"") + record(143, b"") + record(156, bundle) + record(144, b"") + record(132, b"")
    size = record(148, struct.pack("<IIII", 0, 1048575, 0, 16383))
    sheet = (
        record(129, b"") + size + record(145, b"") + row(0, 0, b"first") + row(1048575, 16383, END) + record(146, b"")
    )
    return zipped(
        ("[Content_Types].xml", _TYPES),
        ("_rels/.rels", _RELS % (b"officeDocument", b"xl/workbook.bin")),
        ("xl/workbook.bin", book),
        ("xl/_rels/workbook.bin.rels", _RELS % (b"worksheet", b"worksheets/sheet1.bin")),
        ("xl/worksheets/sheet1.bin", sheet + record(130, b"")),
    )


def docx_part_of_zeros(mib: int) -> bytes:
    return package((b"word/document.xml", zeros(mib)))


def billion_laughs() -> bytes:
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 12))
    start = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e0 "ha">' + entities + b"]>"
    return docx(start + b"<w:document %s><w:body><w:p><w:r><w:t>&e11;</w:t></w:r></w:p></w:body></w:document>" % _WORD)


def quadratic_blow_up() -> bytes:
    start = b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY e "' + b"a" * 200_000 + b'">]>'
    return docx(start + b"<w:document %s><w:body>" % _WORD + b"&e;" * 20_000 + b"</w:body></w:document>")


def deep_xml(depth: int) -> bytes:
    start = b"<w:document %s><w:body>" % _WORD
    text = b"<w:p><w:r><w:t>" + END + b"</w:t></w:r></w:p>"
    return docx(start + b"<w:sdt>" * depth + text + b"</w:sdt>" * depth + b"</w:body></w:document>")


def many_attributes(count: int) -> bytes:
    start = b"<w:document %s><w:body><w:p " % _WORD
    attributes = b" ".join(b'a%d="x"' % number for number in range(count))
    return docx(start + attributes + b"><w:r><w:t>" + END + b"</w:t></w:r></w:p></w:body></w:document>")


# -- PDF --


def pdf(objects: list[bytes]) -> bytes:
    """A file of these objects, numbered from 1; the first is the catalogue."""
    body, offsets = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    trailer = b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(body))
    return bytes(body) + table + trailer


def stream(content: bytes, more: bytes = b"") -> bytes:
    return b"<<" + more + b"/Length %d>>\nstream\n" % len(content) + content + b"\nendstream"


_CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
_FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"


def pdf_with_page(content: bytes, resources: bytes = b"", *more: bytes) -> bytes:
    """One page: object 3; its content 4, a font 5, then `more`."""
    page = (
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>%s>>>>" % resources
    )
    return pdf([_CATALOGUE, b"<</Type/Pages/Kids[3 0 R]/Count 1>>", page, content, _FONT, *more])


def pdf_of_zeros(mib: int) -> bytes:
    """A page's content of blanks, deflated twice: about 330 MiB in three thousand octets."""
    once = deflated(b" " * MIB, mib).zlib
    return pdf_with_page(stream(zlib.compress(once, 9), b"/Filter[/FlateDecode/FlateDecode]"))


def pdf_page_loop() -> bytes:
    """A page tree whose branch is its own root."""
    return pdf(
        [_CATALOGUE, b"<</Type/Pages/Kids[3 0 R]/Count 9>>", b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R]/Count 9>>"]
    )


def pdf_many_pages(count: int) -> bytes:
    """The same page again and again."""
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>"
    return pdf([_CATALOGUE, b"<</Type/Pages/Count %d/Kids[" % count + b"3 0 R " * count + b"]>>", page])


def pdf_form_tree(depth: int) -> bytes:
    """A picture that draws another one ten times, and so on: ten to that power of drawings, and the last draws the
    first."""
    forms = []
    for number in range(depth):
        child = 7 + number if number + 1 < depth else 6
        head = b"/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>" % child
        forms.append(stream(b"/X Do " * 10, head))
    return pdf_with_page(stream(b"/X Do"), b"/XObject<</X 6 0 R>>", *forms)


def pdf_deep_arrays(depth: int) -> bytes:
    text = stream(b"BT /F 12 Tf 50 50 Td (" + END + b") Tj ET")
    return pdf_with_page(text, b"", b"[" * depth + b"]" * depth)


# -- Pictures --


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(mib: int) -> bytes:
    """Black and white, all of one colour, in rows of 8 KiB: 8 million pixels a MiB."""
    head = struct.pack(">IIBBBBB", 65528, 128 * mib, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zeros(mib).zlib) + _chunk(b"IEND", b"")


def png_of_text(mib: int) -> bytes:
    """A small picture whose compressed comment is large."""
    head = struct.pack(">IIBBBBB", 8, 8, 1, 0, 0, 0, 0)
    comment = b"Comment\0\0" + deflated(b"a" * MIB, mib).zlib
    chunks = [_chunk(b"IHDR", head), _chunk(b"zTXt", comment), _chunk(b"IDAT", zlib.compress(bytes(16)))]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + _chunk(b"IEND", b"")


def jpeg(width: int, height: int) -> bytes:
    frame = struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    table = struct.pack(">HB", 67, 0) + b"\x01" * 64
    huffman = b"\xff\xc4\x00\x14\x00\x01" + bytes(15) + b"\x00" + b"\xff\xc4\x00\x14\x10\x01" + bytes(15) + b"\x00"
    scan = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + bytes(64)
    return b"\xff\xd8\xff\xdb" + table + b"\xff\xc0" + frame + huffman + scan + b"\xff\xd9"


def gif(frames: int, side: int = 65535) -> bytes:
    """A canvas of the greatest size and frames that each draw one point of it."""
    head = b"GIF89a" + struct.pack("<HHBBB", side, side, 0x80, 0, 0) + bytes(6)
    frame = b"\x21\xf9\x04\x04\x00\x00\x00\x00\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\x02\x02\x44\x01\x00"
    return head + frame * frames + b"\x3b"


def tiff_loop(width: int = 2**31 - 1) -> bytes:
    """Directories of a picture that lead back to the first, each of a size beyond all memory."""
    tags = [(256, 4, 1, width), (257, 4, 1, width), (258, 3, 1, 1), (259, 3, 1, 1), (262, 3, 1, 1), (273, 4, 1, 8)]
    tags += [(277, 3, 1, 1), (278, 4, 1, width), (279, 4, 1, 16)]
    return (
        b"II*\0"
        + struct.pack("<IH", 8, len(tags))
        + b"".join(struct.pack("<HHII", *tag) for tag in tags)
        + b"\x08\0\0\0"
    )


def svg_uses(depth: int) -> bytes:
    """Groups that use the one before ten times."""
    groups = b"".join(b'<g id="g%d">' % n + b'<use href="#g%d"/>' % (n - 1) * 10 + b"</g>" for n in range(1, depth))
    return (
        b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><defs><g id="g0"><text>' + END + b"</text></g>"
        + groups + b'</defs><use href="#g%d"/></svg>' % (depth - 1)
    )  # fmt: skip


# -- Old formats --


def rtf_groups(depth: int) -> bytes:
    return b"{\\rtf1 " + b"{\\b " * depth + END + b"}" * depth + b"}"


def rtf_numbers(count: int) -> bytes:
    return b"{\\rtf1 " + b"\\u-1000000?\\bin3 }}}" * count + END + b"\\bin99999999 }"


def compound(next_of_directory: int, next_of_table: int | None = None) -> bytes:
    """A compound file (MS-CFB) of version 3 whose chain of directory sectors, or of table sectors, does not end."""
    table_starts = [0] + [0xFFFFFFFF] * 108
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    more = (0xFFFFFFFE, 0) if next_of_table is None else (next_of_table, 0xFFFFFFFF)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, *more) + struct.pack("<109I", *table_starts)
    table = struct.pack("<128I", 0xFFFFFFFD, next_of_directory, *([0xFFFFFFFF] * 126))
    name = "Root Entry".encode("utf-16-le").ljust(64, b"\0")
    root = name + struct.pack("<HBBIII", 22, 5, 1, 1, 1, 1) + bytes(36) + struct.pack("<IQ", 0xFFFFFFFE, 0)
    child = "WordDocument".encode("utf-16-le").ljust(64, b"\0")
    child += struct.pack("<HBBIII", 26, 2, 1, 1, 1, 1) + bytes(36) + struct.pack("<IQ", 1, 0x7FFFFFFF)
    return head + table + (root + child).ljust(512, b"\0")


def tnef(count: int) -> bytes:
    """That many attributes of no length, then one that says it is endless."""
    attribute = b"\x02" + struct.pack("<II", 0x0006900C, 0) + b"\0\0"
    return b"\x78\x9f\x3e\x22\x01\0" + attribute * count + b"\x02" + struct.pack("<II", 0x0006900C, 0xFFFFFFFF)


def calendar(size: int) -> bytes:
    return (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDESCRIPTION:" + b"a" * size + END + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def calendar_folds(count: int) -> bytes:
    return (
        b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:"
        + b"\r\n a" * count
        + END
        + b"\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )


def table(rows: int, columns: int) -> bytes:
    return b"\n".join([b",".join([b"1"] * columns)] * rows) + b"\n" + END + b",2\n"


def table_quotes(count: int) -> bytes:
    return b'a,b\n"' + b'"",' * count + END + b"\n"
