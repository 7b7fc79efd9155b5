from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

from dlp_gateway.model import GapReason

_NS = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("text", "text"),
        ("table", "table"),
        ("style", "style"),
        ("draw", "drawing"),
    )
)


def document(kind: str, content: str, **more: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        package.writestr("content.xml", f"<office:document-content {_NS}>{content}</office:document-content>")
        for name, octets in {"meta.xml": "<m><title>K_TITLE</title></m>", **more}.items():
            package.writestr(name, octets)
    return buffer.getvalue()


def cell(text: str) -> str:
    return f"<table:table-cell><text:p>{text}</text:p></table:table-cell>"


TEXT = f"""<office:body><office:text>
<text:tracked-changes><text:changed-region><text:p>K_DELETED</text:p></text:changed-region></text:tracked-changes>
<text:h>K_HEADING</text:h><text:p>943<text:s text:c="1"/><text:span>476</text:span><text:tab/>5919</text:p>
<text:p>K_BODY<office:annotation><text:p>K_COMMENT</text:p></office:annotation> on</text:p>
<table:table><table:table-row>{cell("Name")}{cell("K_CELL")}</table:table-row></table:table>
</office:text></office:body>"""

SHEET = f"""<office:automatic-styles>
<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>
</office:automatic-styles><office:body><office:spreadsheet>
<table:table table:name="Clients"><table:table-column/><table:table-column table:visibility="collapse"/>
<table:table-row>{cell("Name")}{cell("K_HIDDEN_COLUMN")}</table:table-row>
<table:table-row table:visibility="collapse">{cell("K_HIDDEN_ROW")}</table:table-row>
<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16384"/>
</table:table-row>
<table:table-row><table:table-cell table:number-columns-repeated="2"/>{cell("K_FAR")}</table:table-row></table:table>
<table:table table:name="Old" table:style-name="ta2"><table:table-row>{cell("K_HIDDEN_SHEET")}</table:table-row>
</table:table></office:spreadsheet></office:body>"""


FOOTER = f"""<office:document-styles {_NS}><office:master-styles><style:master-page><style:footer>
<text:p>K_FOOTER</text:p></style:footer></style:master-page></office:master-styles></office:document-styles>"""


def test_every_place_of_a_text_document_is_read(read: Callable) -> None:
    reading = read(document("text", TEXT, **{"styles.xml": FOOTER}), "letter.odt")
    assert reading.where("943 476\t5919") == [("2", "", False)]
    assert reading.where("Name\tK_CELL") == [("2", "", False)]
    assert reading.where("K_BODY on") == [("2", "", False)]
    assert reading.where("K_COMMENT") == [("2", "comment", True)]
    assert reading.where("K_DELETED") == [("2", "tracked deletion", True)]
    assert reading.where("K_FOOTER") == [("2", "master page, page footer", False)]
    assert reading.where("K_TITLE") == [("2", "document properties", False)]
    assert reading.gaps == ()


def test_sheets_are_tables_and_what_is_hidden_is_so(read: Callable) -> None:
    reading = read(document("spreadsheet", SHEET), "clients.ods")
    assert reading.where("K_HIDDEN_COLUMN") == [("2", "sheet Clients (hidden columns)", True)]
    assert reading.where("K_HIDDEN_ROW") == [("2", "sheet Clients (hidden rows)", True)]
    assert reading.where("K_HIDDEN_SHEET") == [("2", "sheet Old (hidden)", True)]
    far = reading.one("K_FAR")
    assert (far.table, far.hidden) == (True, False)
    assert far.first_row == 1_000_003
    assert [a.original_spreadsheet for a in reading.attachments] == [True]


def test_a_document_with_a_password_is_encrypted(read: Callable) -> None:
    octets = document("text", "", **{"META-INF/manifest.xml": "<manifest><encryption-data/></manifest>"})
    assert read(octets, "letter.odt").reasons == [GapReason.ENCRYPTED]
