"""Words of the formats, for the fuzzer's dictionary: a format's keywords are not found by turning octets."""

from __future__ import annotations

_MAIL = (
    "From: |To: |Subject: |Content-Type: |Content-Transfer-Encoding: |Content-Disposition: |MIME-Version: 1.0"
    '|multipart/mixed|multipart/alternative|multipart/report|multipart/digest|message/rfc822|; boundary="x"|--x|--x--'
    "|base64|quoted-printable|7bit|x-uuencode|; charset=utf-7|; charset=utf-16|filename*0*=utf-8''|name=\"|\r\n|\r\n\r\n"
    "|\r\n |=?utf-8?Q?|=?utf-8?B?|?=|=3D|=\r\n|text/plain; format=flowed; delsp=yes|attachment; |(comment)|<a@b.example>"
)
_TYPED = (
    "begin 644 a.txt\n|\n`\nend\n|=ybegin line=128 size=9 name=a\r\n|=yend size=9\r\n|=ypart begin=1 end=9\r\n"
    "|U2FtcGxlIHRleHQgZm9yIHJlYWRpbmcsIGxvbmcgZW5vdWdo|-----BEGIN PGP MESSAGE-----|-----END PGP MESSAGE-----"
    "|-----BEGIN CERTIFICATE-----|data:text/plain;base64,|data:,"
)
_HTML = (
    "<!--|-->|<![CDATA[|]]>|<script>|</script>|<style>|</style>|display:none|visibility:hidden|font-size:0|color:#fff"
    '|<table>|<tr>|<td>|<br>|<p>|</p>|<div |<span style="|<img alt="|href="|srcdoc="|<template>|<noscript>|<title>|&amp;'
    "|&#x41;|&#0;|&nbsp;|<textarea>|<svg>|<math>|<plaintext>|<base href=|<meta charset=utf-7>|<bdo dir=rtl>|@import|{}"
    "|position:absolute;left:-9999px|content:attr(title)|::before"
)
_TEXT = (
    "NHS number: 943 476 5919|QQ123456C|01632 960123|Dear |Mr |Joan Archer|\u200b|\u202e|\u202c|\u0430|\u0435|\u0301"
    "|\U000e0041|\U0001d400|\uff11|1 2 3 4|J.O.H.N|1|2|\t|\n|> |-- \n|OFFICIAL-SENSITIVE|embargo until |@council.example"
    "|SW1A 1AA|GB82 WEST 1234 5698 7654 32|sort code 20-00-00"
)
_CSV = 'Name;|,|\t|"|""|\r\n|\r|sep=;\n|NHS number|\ufeff'
_FOLDED = (
    "BEGIN:VCALENDAR|END:VCALENDAR|BEGIN:VEVENT|BEGIN:VCARD|SUMMARY:|DESCRIPTION:|ATTENDEE;CN=|ORGANIZER|\r\n |ENCODING="
    'QUOTED-PRINTABLE:|ENCODING=b:|ATTACH;|VALUE=BINARY:|CHARSET=utf-7|=\r\n|\\n|\\,|\\;|X-ALT-DESC;FMTTYPE=text/html:|^n|"'
)
_RTF = (
    "{\\rtf1|\\ansicpg1252|\\uc0|\\uc2|\\u8364?|\\u-10179?|\\'e9|\\bin4 |\\v |\\deleted|{\\*\\annotation |{\\info|{\\field"
    "|{\\*\\fldinst |\\fldrslt|{\\object|\\objdata |{\\pict|\\pngblip|\\wmetafile8|{\\fonttbl|\\fcharset204|\\f1|\\cell"
    "|\\row|\\par|\\tab|{|}|\\\\|\\{|{\\*\\htmltag|\\fromhtml1|\\htmlrtf|\\upr|\\*|{\\header|{\\footnote|\\cs1|\\~|\\_|\\-"
)
_ZIP = "PK\x03\x04|PK\x01\x02|PK\x05\x06|PK\x06\x06|PK\x06\x07|PK\x07\x08|PK\x06\x08|up|\x01\x99|[Content_Types].xml"
_XML = (
    '<?xml version="1.0"?>|<!DOCTYPE x [<!ENTITY a "b">]>|&a;|<w:p>|<w:r>|<w:t>|</w:t>|<w:del>|<w:ins>|<w:vanish/>|<w:tbl>'
    '|<w:tr>|<w:tc>|<w:instrText>|<w:fldSimple w:instr="|<c r="A1" t="s"><v>0</v></c>|t="inlineStr"|t="str"|<row r="1" '
    'hidden="1">|<sheet name="|state="veryHidden"|<mergeCell ref="A1:XFD1048576"/>|r="XFD1048576"|<a:t>|<p:sp>|<c:v>'
    '|xmlns:x="|<!--|-->|<![CDATA[|Target="|TargetMode="External"|mc:AlternateContent|<office:|<text:p>|<text:s text:c="9'
    '|table:number-columns-repeated="16384"|table:number-rows-repeated="1048576"|<draw:|number-format|numFmtId="164"'
)
_PDF = (
    "%PDF-1.7|obj|endobj|stream\n|endstream|xref|trailer|startxref|%%EOF|/Type|/Page|/Pages|/Kids|/Count|/Length|/Filter"
    "|/FlateDecode|/LZWDecode|/ASCII85Decode|/ASCIIHexDecode|/RunLengthDecode|/DCTDecode|/JBIG2Decode|/Annots|/AcroForm"
    "|/Fields|/EmbeddedFiles|/EF|/Names|/Encrypt|/ObjStm|/XRef|/Contents|/Parent|/Outlines|/Metadata|/OCProperties|/JS"
    "|/Predictor 12|/Columns|<<|>>|1 0 R|BT|ET|Tj|(a)|<FEFF0041>|/MediaBox[0 0 9 9]|/URI|/XFA|/RichMedia"
)
_IMAGE = "IHDR|IDAT|IEND|tEXt|zTXt|iTXt|eXIf|iCCP|Exif\0\0|JFIF\0|http://ns.adobe.com/xap/1.0/\0|Photoshop 3.0\0|8BIM"
_IMAGE_MORE = (
    "|RIFF|WEBP|VP8 |VP8L|VP8X|EXIF|XMP |GIF89a|BM|II*\0|MM\0*|ftypavif|ftypheic| EMF|\xd7\xcd\xc6\x9a|<x:xmpmeta"
)
_ARCHIVE = (
    "7z\xbc\xaf'\x1c|Rar!\x1a\x07\x00|Rar!\x1a\x07\x01\x00|MSCF|!<arch>\n|070701|070707|ustar|\x1f\x9d|\x1f\x8b\x08|BZh9"
    "|\xfd7zXZ\0|LZIP|\x28\xb5\x2f\xfd|-lh5-|xar!|CD001|MSWIM\0\0\0|#!/bin/sh|TRAILER!!!|PaxHeaders|././@LongLink"
)
_OLE = (
    "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|R\0o\0o\0t\0 \0E\0n\0t\0r\0y\0|W\0o\0r\0d\0|W\0o\0r\0k\0b\0o\0o\0k\0"
    "|P\0o\0w\0e\0r\0P\0|_\0_\0s\0u\0b\0s\0t\0g\0|E\0n\0c\0r\0y\0p\0|\xfe\xff\xff\xff|\xff\xff\xff\xff|\xfd\xff\xff\xff"
)
_CMS = (
    "\x30\x80|\x30\x82|\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01|\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
    "|\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03|\x24\x80|\x04\x82|\x00\x00|\xa0\x80|\x31\x00"
)
_TNEF = (
    "\x78\x9f\x3e\x22|\x06\x90\x08\x00|\x04\x80\x01\x00|\x0c\x80\x02\x00|\x02\x90\x06\x00|\x0f\x80\x06\x00|LZFu|MELA"
)

TOKENS: dict[str, str] = {
    "mail": f"{_MAIL}|{_TYPED}",
    "text": f"{_TEXT}|{_TYPED}",
    "html": _HTML,
    "csv": _CSV,
    "folded": _FOLDED,
    "rtf": _RTF,
    "zip": _ZIP,
    "package": f"{_XML}|{_ZIP}",
    "pdf": _PDF,
    "image": _IMAGE + _IMAGE_MORE,
    "archive": _ARCHIVE,
    "ole": f"{_OLE}|{_RTF}",
    "cms": f"{_CMS}|{_MAIL}",
    "tnef": f"{_TNEF}|{_RTF}",
}
TOKENS["any"] = f"{_ARCHIVE}|{_OLE}|{_ZIP}|{_PDF}|{_IMAGE}|{_CMS}|{_TNEF}|ID3|OggS|\x7fELF|MZ|Bud1|<html|{{\\rtf|BEGIN:"


def tokens(name: str) -> tuple[bytes, ...]:
    """The words of that dictionary as octets; characters beyond Latin-1 in UTF-8."""
    words = TOKENS[name].split("|")
    return tuple(word.encode("latin-1" if all(ord(c) < 256 for c in word) else "utf-8") for word in words if word)


def dictionary(name: str) -> str:
    """The same as a dictionary file of libFuzzer."""
    return "".join('"' + "".join(f"\\x{octet:02x}" for octet in word) + '"\n' for word in tokens(name))
