"""What the parts of an Office Open XML package are, by their root elements."""

from __future__ import annotations

from dataclasses import dataclass

# How a part is read: as paragraphs, or one line an element.
PROSE = frozenset(("document", "slide", "notes", "master", "presentation", "paragraphs"))
LINES = frozenset(("lines",))


@dataclass(frozen=True, slots=True)
class Role:
    """What a part is. `owned`: reviewers know it as a part of a slide or sheet. `rank` orders the parts."""

    kind: str
    place: str = ""
    hidden: bool = False
    owned: bool = False
    every_attribute: bool = False
    rank: int = 500


_WORD = {
    "document": Role("document", rank=0),
    "hdr": Role("paragraphs", "page header", rank=1),
    "ftr": Role("paragraphs", "page footer", rank=2),
    "footnotes": Role("paragraphs", "footnote", rank=3),
    "endnotes": Role("paragraphs", "endnote", rank=4),
    "comments": Role("paragraphs", "comment", hidden=True, rank=5),
    "glossaryDocument": Role("paragraphs", "building blocks", hidden=True),
    "settings": Role("paragraphs", "document settings", hidden=True),
    "numbering": Role("paragraphs", "list numbering"),
    "styles": Role("word styles"),
    "people": Role("lines", "authors of comments", hidden=True),
    "fonts": Role("nothing"),
    "wordDocument": Role("document", rank=0),
}
_POWERPOINT = {
    "presentation": Role("presentation", "presentation", hidden=True),
    "sld": Role("slide", "slide", rank=0),
    "notes": Role("notes", "speaker notes", rank=1),
    "cmLst": Role("paragraphs", "comment", hidden=True, owned=True, rank=5),
    "cmAuthorLst": Role("paragraphs", "authors of comments", hidden=True),
    "authorLst": Role("paragraphs", "authors of comments", hidden=True),
    "tagLst": Role("lines", "tags", hidden=True, owned=True, every_attribute=True),
    "sldMaster": Role("master", "slide master", rank=10),
    "sldLayout": Role("master", "slide layout", rank=11),
    "notesMaster": Role("master", "notes master", rank=12),
    "handoutMaster": Role("master", "handout master", rank=12),
}
_DRAWING = {
    "chartSpace": Role("lines", "chart", owned=True, rank=6),
    "userShapes": Role("paragraphs", "chart", owned=True, rank=6),
    "dataModel": Role("paragraphs", "diagram", owned=True, rank=6),
    "drawing": Role("paragraphs", "diagram", owned=True, rank=6),
    "wsDr": Role("paragraphs", "drawing", owned=True, rank=6),
    "theme": Role("lines", "theme", hidden=True),
    "xml": Role("paragraphs", "drawing", owned=True, rank=6),  # VML
}
_EXCEL = {
    "workbook": Role("workbook"),
    "worksheet": Role("sheet"),
    "chartsheet": Role("sheet"),
    "dialogsheet": Role("sheet"),
    "macrosheet": Role("sheet"),
    "sst": Role("strings"),
    "styleSheet": Role("excel styles"),
    "comments": Role("sheet comments", "comment", hidden=True, owned=True),
    "ThreadedComments": Role("threaded comments", "comment", hidden=True, owned=True),
    "personList": Role("lines", "authors of comments", hidden=True),
    "pivotCacheDefinition": Role("pivot definition", "pivot cache", hidden=True),
    "pivotCacheRecords": Role("pivot records", "pivot cache", hidden=True),
    "pivotTableDefinition": Role("lines", "pivot table", owned=True),
    "externalLink": Role("lines", "external link", hidden=True),
    "connections": Role("lines", "data connection", hidden=True),
    "table": Role("lines", "table heads", owned=True),
    "queryTable": Role("lines", "data connection", hidden=True, owned=True),
    "calcChain": Role("nothing"),
    "volTypes": Role("lines", "live data", hidden=True),
    "revisions": Role("lines", "change history", hidden=True),
    "headers": Role("lines", "change history", hidden=True),
    "users": Role("lines", "change history", hidden=True),
}
_PROPERTIES = {
    "coreProperties": Role("lines", "document properties", rank=20),
    "Properties": Role("lines", "document properties", every_attribute=False, rank=20),
}
_PACKAGE = {
    "Types": Role("nothing"),
    "Relationships": Role("relations"),
    "html": Role("file"),
    "svg": Role("lines", "picture", rank=30),
}
_OTHER = Role("lines", "other content", hidden=True)
_CUSTOM = Role("lines", "custom data", hidden=True, every_attribute=True)
# Of namespaces, transitional and strict, and of the later additions of each program.
_VOCABULARIES = (
    ("wordprocessingml", _WORD),
    ("/word/", _WORD),
    ("presentationml", _POWERPOINT),
    ("/powerpoint/", _POWERPOINT),
    ("spreadsheetml", _EXCEL),
    ("drawing", _DRAWING),
    ("properties", _PROPERTIES),
    ("Properties", _PROPERTIES),
    ("package/2006", _PACKAGE),
    ("xhtml", _PACKAGE),
    ("2000/svg", _PACKAGE),
)
_FOLDERS = (("word/", _WORD), ("ppt/", _POWERPOINT), ("xl/", _EXCEL), ("docprops/", _PROPERTIES))
_ANYWHERE = {"html": Role("file"), "Relationships": Role("relations"), "Types": Role("nothing"), "xml": _DRAWING["xml"]}
_DATA_FOLDERS = ("customxml/", "xl/customdata/", "xl/xmlmaps", "word/webextensions/", "xl/activex/", "ppt/activex/")


def role_of(name: str, namespace: str, root: str) -> Role:
    """What the part is. Where the namespace says nothing, the folder may; where nothing does, all its text and
    attributes are read."""
    for word, roles in _VOCABULARIES:
        if word in namespace and root in roles:
            return roles[root]
    lower = name.lower()
    if root in _ANYWHERE:
        return _ANYWHERE[root]
    if not root:
        return Role("file")
    known = "openxmlformats" in namespace or "purl.oclc.org/ooxml" in namespace or "schemas.microsoft.com" in namespace
    for folder, roles in _FOLDERS:
        if lower.startswith(folder) and root in roles and (known or not namespace.startswith("http")):
            return roles[root]
    if not known and not lower.endswith((".xml", ".rels", ".vml")):
        return Role("file")
    if lower.startswith(_DATA_FOLDERS) or not known:
        return _CUSTOM
    return _OTHER
