"""Where the words in attributes of Word and PowerPoint documents belong: captions of pictures, lists of form fields,
authors of comments."""

from __future__ import annotations

from collections.abc import Mapping

from ..xml_text import is_typed

ALTERNATIVE, CONTROL, FORM, NAMES = "alternative text", "content control", "form field", "names of objects"
AUTHORS, VARIABLES, BOOKMARKS, MERGE = "authors of changes", "document variables", "bookmarks", "mail merge"
OTHER = "other attributes"
SHOWN = frozenset(
    ("", "text box", "alternative text", "field code", "form field", "word art", "link", "list numbering")
)
# Places whose lines are said once, however often they stand in the document.
BESIDE = frozenset((ALTERNATIVE, CONTROL, FORM, NAMES, AUTHORS, VARIABLES, BOOKMARKS, MERGE, OTHER, "link", "styles"))

_BY_ATTRIBUTE = {
    "descr": ALTERNATIVE,
    "title": ALTERNATIVE,
    "alt": ALTERNATIVE,
    "author": AUTHORS,
    "initials": AUTHORS,
    "userId": AUTHORS,
    "tooltip": "link",
    "href": "link",
    "instr": "field code",
    "string": "word art",
    "displayText": CONTROL,
}
_BY_ELEMENT = {
    ("alias", "val"): CONTROL,
    ("tag", "val"): CONTROL,
    ("tag", "name"): CONTROL,
    ("listItem", "value"): CONTROL,
    ("dropDownList", "lastValue"): CONTROL,
    ("comboBox", "lastValue"): CONTROL,
    ("statusText", "val"): FORM,
    ("helpText", "val"): FORM,
    ("default", "val"): FORM,
    ("listEntry", "val"): FORM,
    ("name", "val"): FORM,
    ("entryMacro", "val"): FORM,
    ("exitMacro", "val"): FORM,
    ("docVar", "name"): VARIABLES,
    ("docVar", "val"): VARIABLES,
    ("bookmarkStart", "name"): BOOKMARKS,
    ("attr", "name"): "smart tag",
    ("attr", "val"): "smart tag",
    ("lvlText", "val"): "list numbering",
    ("tblCaption", "val"): ALTERNATIVE,
    ("tblDescription", "val"): ALTERNATIVE,
    ("connectString", "val"): MERGE,
    ("query", "val"): MERGE,
    ("mailSubject", "val"): MERGE,
    ("addressFieldName", "val"): MERGE,
    ("column", "val"): MERGE,
    ("mappedName", "val"): MERGE,
    ("category", "val"): "building block",
    ("description", "val"): "building block",
    ("hlinkClick", "action"): "link",
    ("docPr", "name"): NAMES,
    ("cNvPr", "name"): NAMES,
    ("shape", "id"): NAMES,
    ("cmAuthor", "name"): AUTHORS,
    ("author", "name"): AUTHORS,
    ("section", "name"): "names of sections",
    ("custShow", "name"): "names of shows",
    ("style", "name"): "styles",
}
# Typed by nobody: made up by the program for every bookmark, shape, list.
_MADE_UP = ("_GoBack", "_Toc", "_Ref", "_Hlk", "_x0000_", "Default", "normal")


def place_of_attribute(element: str, attribute: str, value: str) -> str:
    """Where an attribute's value belongs; "" where it holds no words."""
    if not value or value.isspace():
        return ""
    place = _BY_ELEMENT.get((element, attribute))
    if place is None:
        place = _BY_ATTRIBUTE.get(attribute)
    if place is None:
        if attribute in ("name", "val", "id", "value", "v", "n") and " " not in value and "@" not in value:
            return ""
        return OTHER if is_typed(attribute, value) else ""
    return "" if value.startswith(_MADE_UP) else place


def symbol(attributes: Mapping[str, str]) -> str:
    """The character of a w:sym element (17.3.3.30); none where its font draws pictures."""
    font, code = attributes.get("font", "").lower(), attributes.get("char", "")
    if not font or any(word in font for word in ("symbol", "dings", "webdings")):
        return ""
    try:
        number = int(code, 16)
    except ValueError:
        return ""
    number -= 0xF000 if 0xF020 <= number <= 0xF0FF else 0
    return chr(number) if 0x20 <= number < 0xD800 else ""
