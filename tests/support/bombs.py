"""The catalogue of bombs and killers: messages that are small on disk and attack whoever reads them.

Each ends in one of three ways: with a gap; with all its text read (where it has any, `K_END` stands at the end
of it); or with the death of the process that read it, which the gateway turns into a gap.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass

from tests.support import bomb_archives as archives
from tests.support import bomb_documents as documents
from tests.support.bomb_archives import END

BODY = b"K_BODY"  # stands in every message's own text
_FROM = b"From: a@council.example\r\nTo: b@partner.example\r\n"
_HEAD = _FROM + b"Subject: papers\r\nMIME-Version: 1.0\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bomb:
    """One message and what it is after. `make` gives its octets."""

    name: str
    attacks: str
    make: Callable[[], bytes]


def attached(octets: bytes, filename: str) -> bytes:
    """A message with a short text and this one file."""
    return (
        _HEAD + b'Content-Type: multipart/mixed; boundary="=_b"\r\n\r\n'
        b"--=_b\r\nContent-Type: text/plain\r\n\r\n" + BODY + b" See attached.\r\n"
        b"--=_b\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="' + filename.encode() + b'"\r\n\r\n'
        + base64.encodebytes(octets).replace(b"\n", b"\r\n") + b"--=_b--\r\n"
    )  # fmt: skip


def _many_fields(count: int) -> bytes:
    return _FROM + b"X-A: b\r\n" * count + b"X-End: " + END + b"\r\n\r\n" + BODY + b"\r\n"


def _encoded_words(count: int) -> bytes:
    return _FROM + b"Subject:" + b" =?utf-8?q?a?=\r\n" * count + b" " + END + b"\r\n\r\n" + BODY + b"\r\n"


def _quotes(count: int) -> bytes:
    return b"From: a@council.example\r\nTo: " + b'"' * count + b"\r\nX-End: " + END + b"\r\n\r\n" + BODY + b"\r\n"


def _comments(count: int) -> bytes:
    return b"From: a@council.example\r\nTo: " + b"(" * count + b"\r\nX-End: " + END + b"\r\n\r\n" + BODY + b"\r\n"


def _parameters(count: int) -> bytes:
    names = b"".join(b"; name*%d=a" % number for number in range(count))
    return _HEAD + b"Content-Type: text/plain" + names + b"\r\n\r\n" + BODY + b" " + END + b"\r\n"


def _many_parts(count: int) -> bytes:
    head = _HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\n' + BODY + b"\r\n"
    return head + b"--b\r\n\r\n\r\n" * count + b"--b\r\n\r\n" + END + b"\r\n--b--\r\n"


def _nested_parts(depth: int) -> bytes:
    heads = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%06d"\r\n\r\n--b%06d\r\n' % (n, n) for n in range(depth)
    )
    ends = b"".join(b"--b%06d--\r\n" % number for number in reversed(range(depth)))
    return _HEAD + heads + b"\r\n" + BODY + b" " + END + b"\r\n" + ends


def _nested_messages(depth: int) -> bytes:
    return _HEAD + (b"Content-Type: message/rfc822\r\n\r\n" + _HEAD) * depth + b"\r\n" + BODY + b" " + END + b"\r\n"


def _delimiter_like_lines(count: int) -> bytes:
    head = _HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n\r\n' + BODY + b"\r\n"
    return head + b"--b" + b"\r\n--b ".join([b"x"] * count) + b"\r\n" + END + b"\r\n--b--\r\n"


def _base64_junk(size: int) -> bytes:
    head = _HEAD + b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    return head + (b"!?-_=$%&" * 9 + b"\r\n") * (size // 74)


def _quoted_printable(size: int) -> bytes:
    head = _HEAD + b"Content-Type: text/plain\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n" + BODY
    return head + b"\r\n" + b"=\r\n" * (size // 3) + END + b"\r\n"


def _typed_base64(size: int) -> bytes:
    lines = base64.encodebytes(b"\x00" * size)
    return _HEAD + b"\r\n" + BODY + b"\r\n" + lines.replace(b"\n", b"\r\n") + END + b"\r\n"


def _html(content: bytes) -> bytes:
    return _HEAD + b"Content-Type: text/html\r\n\r\n<html><body>" + BODY + b" " + content + END + b"</body></html>\r\n"


def _mail_folder(count: int) -> bytes:
    return b"From a Mon Jan  1 00:00:00 2024\nSubject: x\n\nx\n\n" * count


def _file(name: str, attacks: str, filename: str, make: Callable[[], bytes]) -> Bomb:
    return Bomb(name=name, attacks=attacks, make=lambda: attached(make(), filename))


_ARCHIVES = (
    _file("zip tree", "42.zip: 16 archives in each, five levels, zeros at the bottom", "a.zip", archives.zip_tree),
    _file("zip nesting", "1,000 archives within one another", "a.zip", lambda: archives.nested(1000)),
    _file("zip overlap", "files that share their content: 16 kB to 600 MB", "a.zip", archives.overlapping),
    _file("zip zeros", "1 MB that expands to 1 GB", "a.zip", lambda: archives.zip_of_zeros(1000)),
    _file("zip size lie", "100 MB that says it is 1 kB", "a.zip", lambda: archives.zip_of_zeros(100, says=1000)),
    _file("zip entries", "60,000 empty files", "a.zip", lambda: archives.many_entries(60_000)),
    _file("gzip zeros", "1 MB that expands to 1 GB, in 64 members", "a.gz", archives.gzip_of_zeros),
    _file("gzip members", "200,000 members of one octet", "a.gz", lambda: archives.many_gzip_members(200_000)),
    _file("gzip nesting", "1,000 streams within one another", "a.gz", lambda: archives.nested_gzip(1000)),
    _file("bzip2 zeros", "2 kB that expands to 640 MB", "a.bz2", archives.bzip2_of_zeros),
    _file("xz zeros", "100 kB that expands to 640 MB", "a.xz", archives.xz_of_zeros),
    _file("xz dictionary", "asks for 4 GB of memory", "a.xz", lambda: archives.xz_with_dictionary(31)),
    _file("7z zeros", "12 kB that expand to 80 MB", "a.7z", lambda: archives.seven_zip(bytes(80 * 2**20))),
    _file("7z dictionary", "asks for 4 GB", "a.7z", lambda: archives.seven_zip(END, dictionary=0xFFFFFFFF)),
    _file("7z size lie", "says that 5 octets are 1 TB", "a.7z", lambda: archives.seven_zip(END, says=2**40)),
    _file("rar dictionary", "asks for 4 GB of memory", "a.rar", archives.rar_with_dictionary),
    _file("tar holes", "a sparse file of 1 TB", "a.tar", archives.tar_of_holes),
    _file("tar entries", "100,000 files, compressed", "a.tgz", lambda: archives.many_tar_entries(100_000)),
    _file("tar zeros", "90 MB of empty blocks, compressed", "a.tgz", lambda: archives.tar_of_zeros(90)),
    _file("mail folder", "50,000 messages", "a.mbox", lambda: _mail_folder(50_000)),
)
_DOCUMENTS = (
    _file("xlsx far cells", "A1 and XFD1048576", "a.xlsx", documents.xlsx_far_cells),
    _file("xlsx rows", "5 million rows", "a.xlsx", lambda: documents.xlsx_many_rows(5_000_000)),
    _file("xlsx cells", "3 million rows in 99 MB of XML", "a.xlsx", lambda: documents.xlsx_many_rows(3_000_000)),
    _file("xlsb far cells", "asks for 512 GB at once", "a.xlsb", documents.xlsb_far_cells),
    _file("docx zeros", "a part that expands to 1 GB", "a.docx", lambda: documents.docx_part_of_zeros(1000)),
    _file("billion laughs", "entities that refer to ten others, eleven levels", "a.docx", documents.billion_laughs),
    _file("quadratic entities", "one long entity, 20,000 times", "a.docx", documents.quadratic_blow_up),
    _file("deep xml", "100,000 elements within one another", "a.docx", lambda: documents.deep_xml(100_000)),
    _file("xml attributes", "300,000 attributes of one element", "a.docx", lambda: documents.many_attributes(300_000)),
    _file("pdf zeros", "a stream deflated twice: 3 kB to 330 MB", "a.pdf", lambda: documents.pdf_of_zeros(330)),
    _file("pdf page loop", "a page tree that leads to itself", "a.pdf", documents.pdf_page_loop),
    _file("pdf pages", "a million times the same page", "a.pdf", lambda: documents.pdf_many_pages(1_000_000)),
    _file(
        "pdf forms",
        "drawings of drawings, ten times ten levels, and round",
        "a.pdf",
        lambda: documents.pdf_form_tree(10),
    ),
    _file("pdf arrays", "a million brackets", "a.pdf", lambda: documents.pdf_deep_arrays(1_000_000)),
    _file("rtf groups", "a million groups within one another", "a.rtf", lambda: documents.rtf_groups(1_000_000)),
    _file(
        "rtf numbers", "negative characters and binary data of 100 MB", "a.rtf", lambda: documents.rtf_numbers(50_000)
    ),
    _file("cfb directory loop", "a directory chain without end", "a.doc", lambda: documents.compound(1)),
    _file("cfb table loop", "a table chain without end", "a.doc", lambda: documents.compound(0xFFFFFFFE, 0)),
    _file("tnef endless", "200,000 empty attributes, then one of 4 GB", "winmail.dat", lambda: documents.tnef(200_000)),
    _file("calendar line", "a line of 10 MB", "a.ics", lambda: documents.calendar(10_000_000)),
    _file("calendar folds", "a line folded a million times", "a.ics", lambda: documents.calendar_folds(1_000_000)),
    _file("csv cells", "6 million cells", "a.csv", lambda: documents.table(2000, 3000)),
    _file("csv quotes", "a million quotes and no end of line", "a.csv", lambda: documents.table_quotes(1_000_000)),
)
_PICTURES = (
    _file("png pixels", "3,600 million pixels", "a.png", lambda: documents.png(430)),
    _file("png comment", "a compressed comment of 200 MB", "a.png", lambda: documents.png_of_text(200)),
    _file("jpeg pixels", "65,500 pixels each way and no data", "a.jpg", lambda: documents.jpeg(65_500, 65_500)),
    _file("gif frames", "100,000 frames on the greatest canvas", "a.gif", lambda: documents.gif(100_000)),
    _file("tiff loop", "directories that lead to themselves", "a.tif", documents.tiff_loop),
    _file("svg uses", "groups that use ten others, nine levels", "a.svg", lambda: documents.svg_uses(9)),
)
_MAIL = (
    Bomb(name="header fields", attacks="200,000 fields", make=lambda: _many_fields(200_000)),
    Bomb(name="encoded words", attacks="20,000 in a subject", make=lambda: _encoded_words(20_000)),
    Bomb(name="quotes", attacks="80,000 in To", make=lambda: _quotes(80_000)),
    Bomb(name="comments", attacks="80,000 comments within one another in To", make=lambda: _comments(80_000)),
    Bomb(name="parameters", attacks="20,000 pieces of one parameter", make=lambda: _parameters(20_000)),
    Bomb(name="parts", attacks="100,000 empty parts", make=lambda: _many_parts(100_000)),
    Bomb(name="nested parts", attacks="1,500 multiparts within one another", make=lambda: _nested_parts(1500)),
    Bomb(name="nested messages", attacks="400 messages within one another", make=lambda: _nested_messages(400)),
    Bomb(name="near delimiters", attacks="500,000 lines that nearly part", make=lambda: _delimiter_like_lines(500_000)),
    Bomb(name="base64 junk", attacks="20 MB of characters that are not base64", make=lambda: _base64_junk(20_000_000)),
    Bomb(name="soft breaks", attacks="3 million soft line breaks", make=lambda: _quoted_printable(9_000_000)),
    Bomb(name="typed base64", attacks="8 MB of base64 typed into the text", make=lambda: _typed_base64(6_000_000)),
    Bomb(name="html nesting", attacks="200,000 elements within one another", make=lambda: _html(b"<div>" * 200_000)),
    Bomb(name="html tags", attacks="200,000 tags that do not end", make=lambda: _html(b"<a " * 200_000 + b">")),
    Bomb(name="html attributes", attacks="200,000 of one tag", make=lambda: _html(b"<p " + b"a=b " * 200_000 + b">")),
    Bomb(name="html comments", attacks="200,000 that do not end", make=lambda: _html(b"<!--" * 200_000)),
    Bomb(name="html tables", attacks="100,000 within one another", make=lambda: _html(b"<table><tr><td>" * 100_000)),
    Bomb(name="html entities", attacks="a million ampersands", make=lambda: _html(b"&" * 1_000_000)),
    Bomb(
        name="html styles",
        attacks="20,000 rules for 20,000 elements",
        make=lambda: _html(
            b"<style>" + b".a .b .c{display:none}" * 20_000 + b"</style>" + b'<i class="a b c">' * 20_000
        ),
    ),
)

BOMBS: tuple[Bomb, ...] = (*_ARCHIVES, *_DOCUMENTS, *_PICTURES, *_MAIL)
