"""Control words of Rich Text Format (specification 1.9.1): what they stand for, and where their text belongs."""

from __future__ import annotations

from .leftover import OTHER_CONTENT

TEXT_BOX, FIELD_CODE, HTML_TAG = "text box", "field code", "html"
DOCUMENT_PROPERTIES, FORM_FIELD, SHAPE = "document properties", "form field", "shape"
COMMENTERS, CHANGERS, VARIABLES = "authors of comments", "authors of changes", "document variables"

# Words that stand for characters.
CHARACTERS: dict[bytes, str] = {
    b"par": "\n", b"line": "\n", b"sect": "\n", b"page": "\n", b"column": "\n", b"softline": "\n", b"softpage": "\n",
    b"tab": "\t", b"nestcell": "\t", b"nestrow": "\n", b"emdash": "—", b"endash": "–", b"lquote": "‘", b"rquote": "’",
    b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•", b"emspace": " ", b"enspace": " ", b"qmspace": " ",
    b"zwbo": "", b"zwnbo": "", b"zwj": "\u200d", b"zwnj": "\u200c",
}  # fmt: skip
SYMBOLS: dict[bytes, str] = {
    b"~": " ", b"_": "-", b"-": "", b"\n": "\n", b"\r": "\n", b"\t": "\t", b"{": "{", b"}": "}", b"\\": "\\",
    b"|": "", b":": ":",
}  # fmt: skip

# Tables of fonts, colours, styles and lists, and what programs keep for themselves.
SKIPPED = frozenset(
    b"colortbl stylesheet listtable listoverridetable listpicture rsidtbl generator themedata colorschememapping "
    b"latentstyles datastore xmlnstbl filetbl blipuid mmathPr wgrffmtfilter pgptbl fontfile fontemb panose falt "
    b"passwordhash password atnicn atntime atndate atnref atnparent atrfstart atrfend pnseclvl revtim creatim printim "
    b"buptim".split()
)
# Where the text of a destination belongs, and whether it is hidden from a reader. "" is the running text.
PLACES: dict[bytes, str] = {
    **dict.fromkeys(b"header headerl headerr headerf".split(), "page header"),
    **dict.fromkeys(b"footer footerl footerr footerf".split(), "page footer"),
    **dict.fromkeys(
        b"info title subject author manager company operator category keywords comment doccomm hlinkbase".split(),
        DOCUMENT_PROPERTIES,
    ),
    **dict.fromkeys(b"userprops propname staticval linkval".split(), DOCUMENT_PROPERTIES),
    **dict.fromkeys(b"bkmkstart bkmkend".split(), "bookmarks"),
    **dict.fromkeys(b"atnid atnauthor".split(), COMMENTERS),
    **dict.fromkeys(b"revtbl protusertbl".split(), CHANGERS),
    **dict.fromkeys(b"formfield ffname ffdeftext ffformat ffhelptext ffstattext ffl".split(), FORM_FIELD),
    **dict.fromkeys(b"xe tc rxe txe".split(), "index entry"),
    **dict.fromkeys(b"pntxta pntxtb leveltext".split(), "list numbering"),
    b"footnote": "footnote",
    b"annotation": "comment",
    b"shptxt": TEXT_BOX,
    b"docvar": VARIABLES,
    b"fldinst": FIELD_CODE,
    b"htmltag": HTML_TAG,
    b"objname": OTHER_CONTENT,
    b"objclass": OTHER_CONTENT,
    b"mhtmltag": OTHER_CONTENT,
    b"datafield": OTHER_CONTENT,
    b"pgdsctbl": OTHER_CONTENT,
}
# Destinations that readers know but that change nothing about where text belongs.
TRANSPARENT = frozenset(
    b"shpinst shp shprslt shppict nonshppict shpgrp picprop field fldrslt object objattph result listtext pntext pn ud "
    b"upr background mmath moMath moMathPara rtlch ltrch nesttableprops do dptxbxtext oldcprops oldpprops "
    b"aftnsep aftnsepc aftncn ftnsep ftnsepc ftncn factoidname sp defchp defpap".split()
)
UNSEEN = frozenset(("comment", "bookmarks", COMMENTERS, CHANGERS, "index entry", VARIABLES, OTHER_CONTENT))
# Shape properties that hold what somebody wrote ([MS-ODRAW] names them so).
SHAPE_TEXTS = frozenset(
    ("wzDescription", "wzName", "gtextUNICODE", "wzTooltip", "pihlShape", "pibName", "wzScript", "wzFormulae")
)
PICTURES = {
    b"pngblip": "png", b"jpegblip": "jpg", b"emfblip": "emf", b"wmetafile": "wmf", b"macpict": "pict",
    b"dibitmap": "bmp", b"wbitmap": "bmp",
}  # fmt: skip

# \fcharset, by the table of the specification under "Font Table".
CHARSETS = {
    77: "mac-roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gb18030", 136: "cp950", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 179: "cp1256", 180: "cp1256", 181: "cp1255",
    186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
