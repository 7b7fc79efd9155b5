"""Charsets that lie, and characters that look alike or are not seen."""

from __future__ import annotations

from .build import LETTER, NINO, TEXT, Section, b64, mail

CHARSETS = Section("charsets")
add = CHARSETS.add


def _as(label: bytes, octets: bytes) -> bytes:
    return mail(b64(octets), b"text/plain" + (b"; charset=" + label if label else b""), encoding=b"base64")


def _shown(text: str) -> bytes:
    return mail(f"Her number: {text} thanks\r\n".encode(), encoding=b"8bit")


def _between(character: str) -> bytes:
    return _shown(character.join(NINO))


def _shifted(capital: int, digit: int) -> str:
    """The identifier in another alphabet of Unicode: the code points of its "A" and "0"."""
    return "".join(
        chr(capital + ord(c) - 65) if c.isalpha() else chr(digit + int(c)) if c.isdigit() else c for c in NINO
    )


_WIDE = _shifted(0xFF21, 0xFF10)

# -- Labels --
add(
    "utf-7",
    "Text in UTF-7 under its label.",
    mail(b"Her number: +AEEAQgAgADEAMgAgADMANAAgADUANgAgAEM- ok\r\n", b"text/plain; charset=utf-7"),
)
add("ascii-is-utf-16-le", "UTF-16 that says it is ASCII.", _as(b"us-ascii", TEXT.encode("utf-16-le")))
add("ascii-is-utf-16-be", "UTF-16, big end first, that says it is ASCII.", _as(b"us-ascii", TEXT.encode("utf-16-be")))
add("ascii-is-utf-16-marked", "UTF-16 with its mark that says it is ASCII.", _as(b"us-ascii", TEXT.encode("utf-16")))
add("utf-8-is-utf-32", "UTF-32 that says it is UTF-8.", _as(b"utf-8", TEXT.encode("utf-32")))
add("utf-8-is-utf-32-unmarked", "UTF-32 without a mark that says it is UTF-8.", _as(b"utf-8", TEXT.encode("utf-32-be")))
add("utf-16-is-ascii", "ASCII that says it is UTF-16.", _as(b"utf-16le", LETTER + b"."))
add("utf-16-odd", "UTF-16 with one octet too many.", _as(b"utf-16le", TEXT.encode("utf-16-le") + b"x"))
add("utf-16-le", "UTF-16 under its label.", _as(b"utf-16le", TEXT.encode("utf-16-le")))
add("utf-16-wrong-end", "UTF-16 under the label of the other end.", _as(b"utf-16be", TEXT.encode("utf-16-le")))
add("utf-8-marked", "UTF-8 with its mark under another label.", _as(b"utf-16", b"\xef\xbb\xbf" + LETTER))
add("unlabelled-utf-16", "UTF-16 without any label.", _as(b"", TEXT.encode("utf-16-le")))
add("unknown", "A label nobody knows.", _as(b"x-foo", LETTER))
add("unknown-utf-16", "A label nobody knows, on UTF-16.", _as(b"x-foo", TEXT.encode("utf-16-le")))
add("ebcdic", "The charset of mainframes.", _as(b"cp037", TEXT.encode("cp037")))
add("ebcdic-500", "Its international form.", _as(b"ibm500", TEXT.encode("cp500")))
add("ebcdic-1140", "Its form with the euro.", _as(b"ibm01140", TEXT.encode("cp1140")))
add("codec-rot13", "A codec of Python that is no charset.", mail(NINO.encode(), b"text/plain; charset=rot13"))
add(
    "codec-escape",
    "A codec of Python that would unfold escapes.",
    mail(b"\\x41\\x42 12 34 56 C\r\n", b"text/plain; charset=unicode_escape"),
)
add(
    "codec-punycode",
    "A codec of Python that is made for host names.",
    mail(NINO.encode() + b"\r\n", b"text/plain; charset=punycode"),
)
add(
    "codec-idna",
    "A codec of Python that is made for host names.",
    mail(NINO.encode() + b"\r\n", b"text/plain; charset=idna"),
)
add(
    "two-charsets",
    "Two labels; readers take the first or the last.",
    mail(b64(TEXT.encode("utf-16-le")), b"text/plain; charset=us-ascii; charset=utf-16le", encoding=b"base64"),
)
add(
    "charset-extended",
    "The label in the extended form of parameters.",
    mail(b64(TEXT.encode("utf-16-le")), b"text/plain; charset*=us-ascii''utf%2D16le", encoding=b"base64"),
)
add(
    "iso-2022-in-ascii",
    "Escape sequences that switch to the charset they are in.",
    mail(b"AB 12\x1b(B 34 56\x1b(J C\r\n", b"text/plain; charset=us-ascii"),
)
add("hz", "A line joined by the rules of HZ.", mail(b"AB 12 34~\n 56 C\r\n", b"text/plain; charset=hz-gb-2312"))
add("gbk-wide", "Wide characters in a Chinese charset.", _as(b"gbk", _WIDE.encode("gbk")))
add("shift-jis-wide", "Wide characters in a Japanese charset.", _as(b"shift_jis", _WIDE.encode("cp932")))
add(
    "iso-2022-jp-wide",
    "Wide characters in a Japanese charset of escapes.",
    _as(b"iso-2022-jp", _WIDE.encode("iso2022_jp")),
)
add(
    "iso-2022-kr-wide",
    "Wide characters in a Korean charset of shifts.",
    _as(b"iso-2022-kr", _WIDE.encode("iso2022_kr")),
)
add("big5-wide", "Wide characters in a Chinese charset.", _as(b"big5", _WIDE.encode("big5")))
add("euc-kr-wide", "Wide characters in a Korean charset.", _as(b"euc-kr", _WIDE.encode("euc_kr")))
add(
    "html-meta-utf-16",
    "A page whose own label is wrong.",
    mail(
        b64(f'<html><head><meta charset="utf-16"></head><body>{TEXT}</body></html>'.encode("utf-16")),
        b"text/html",
        encoding=b"base64",
    ),
)

add(
    "codec-hex",
    "A codec of Python that decodes octets to octets.",
    mail(NINO.encode() + b"\r\n", b"text/plain; charset=hex"),
)

# -- Look-alikes --
add("fullwidth", "Wide forms of letters and digits.", _shown(_WIDE))
add("mathematical", "Bold letters and digits of mathematics.", _shown(_shifted(0x1D400, 0x1D7CE)))
add("mathematical-monospace", "Typewriter letters and digits of mathematics.", _shown(_shifted(0x1D670, 0x1D7F6)))
add("double-struck", "Digits of mathematics in double strokes.", _shown(_shifted(65, 0x1D7D8)))
add("circled", "Letters and digits in circles.", _shown("ⒶⒷ ①② ③④ ⑤⑥ Ⓒ"))
add("superscript", "Raised digits.", _shown("AB ¹² ³⁴ ⁵⁶ C"))
add("subscript", "Lowered digits.", _shown("AB ₁₂ ₃₄ ₅₆ C"))
add("cyrillic", "Cyrillic letters that look the same.", _shown("АВ 12 34 56 С"))
add("greek", "Greek letters that look the same.", _shown("ΑΒ 12 34 56 C"))
add("small-roman", "A numeral of Rome in place of a letter.", _shown("AB 12 34 56 Ⅽ"))
add("arabic-digits", "Digits of Arabic, which many people read.", _shown("AB ١٢ ٣٤ ٥٦ C"))
add("devanagari-digits", "Digits of Devanagari, which many people read.", _shown("AB १२ ३४ ५६ C"))
add("squared", "Letters in squares.", _shown("🄰🄱 12 34 56 🄲"))

# -- Characters that are not seen --
add("zero-width-space", "A space of no width between all characters.", _between("\u200b"))
add("zero-width-joiner", "A joiner of no width between all characters.", _between("\u200d"))
add("word-joiner", "A word joiner between all characters.", _between("\u2060"))
add("byte-order-mark", "A byte order mark between all characters.", _between("\ufeff"))
add("soft-hyphen", "A soft hyphen between all characters.", _between("\u00ad"))
add("grapheme-joiner", "A combining grapheme joiner between all characters.", _between("\u034f"))
add("variation-selector", "A variation selector after all characters.", _between("\ufe0f"))
add("variation-selector-extra", "A variation selector of the second set after all characters.", _between("\U000e0101"))
add("invisible-times", "An invisible operator between all characters.", _between("\u2062"))
add("hangul-filler", "A filler that shows as nothing between groups.", _shown("AB\u316412\u316434\u316456\u3164C"))
add("braille-blank", "The blank of Braille between groups.", _shown(NINO.replace(" ", "\u2800")))
add("combining-strike", "Each character struck through.", _shown("".join(c + "\u0336" for c in NINO)))
add("combining-accents", "An accent on each character.", _shown("".join(c + "\u0301" for c in NINO)))
add("tag-characters", "Characters of a plane that no font shows.", _shown("".join(chr(0xE0000 + ord(c)) for c in NINO)))
add(
    "nul-between",
    "A NUL between all characters.",
    mail(b"\0".join(bytes([c]) for c in NINO.encode()), b"text/plain; charset=utf-8", encoding=b"8bit"),
)
add("control-between", "A control character between all characters.", _between("\x02"))
add("delete-between", "A delete character between all characters.", _between("\x7f"))
add("terminal-escapes", "Colour codes of terminals between all characters.", _between("\x1b[0m"))
add("overstrike", "Characters typed over by a backspace.", _shown("".join(f"_\b{c}" for c in NINO)))

# -- Spaces and directions --
add("thin-space", "Thin spaces.", _shown(NINO.replace(" ", "\u2009")))
add("no-break-space", "Spaces that do not break.", _shown(NINO.replace(" ", "\u00a0")))
add("narrow-no-break-space", "Narrow spaces that do not break.", _shown(NINO.replace(" ", "\u202f")))
add("figure-space", "Spaces as wide as digits.", _shown(NINO.replace(" ", "\u2007")))
add("ideographic-space", "Wide spaces.", _shown(NINO.replace(" ", "\u3000")))
add("many-spaces", "Eight blanks between groups.", _shown(NINO.replace(" ", " " * 8)))
add("spaced-out", "A blank between all characters.", _shown(" ".join(NINO.replace(" ", ""))))
add("form-feed", "Form feeds between groups.", _shown(NINO.replace(" ", "\f")))
add("line-separator", "Line separators of Unicode between groups.", _shown(NINO.replace(" ", "\u2028")))
add("line-ends", "Each group on a line of its own.", _shown(NINO.replace(" ", "\r\n")))
add("one-line-end", "A line end in the middle, as programs put it into long lines.", _shown("AB 12\r\n34 56 C"))
add("dots", "Full stops between groups.", _shown(NINO.replace(" ", ".")))
add("dashes", "Long dashes between groups.", _shown(NINO.replace(" ", "\u2014")))
add("middle-dots", "Dots in the middle between groups.", _shown(NINO.replace(" ", "\u00b7")))
add("small-letters", "Letters in lower case.", _shown(NINO.lower()))
add("override", "Written backwards, and turned round by a control character.", _shown(f"\u202e{NINO[::-1]}\u202c"))
add("override-isolate", "The same inside an isolate.", _shown(f"\u2066\u202e{NINO[::-1]}\u202c\u2069"))
add("override-open", "The same with the control never closed.", _shown(f"\u202e{NINO[::-1]}"))
add("marks-of-direction", "Marks of direction between all characters.", _between("\u200e"))
