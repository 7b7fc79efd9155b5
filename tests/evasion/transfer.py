"""Transfer encodings that are misspelt, doubled, or decoded differently; encodings typed into text."""

from __future__ import annotations

import base64
import binascii
import gzip

from .build import HEAD, HELLO, LETTER, NINO, SECRET, TEXT, Section, b64, mail, multipart, part, qp

TRANSFER = Section("transfer encodings")
add = TRANSFER.add

_B64 = b64(LETTER)
_SOLID = base64.b64encode(LETTER)
_QP = qp(LETTER)
_UU = b"begin 644 note.txt\r\n" + binascii.b2a_uu(LETTER).replace(b"\n", b"\r\n") + b"`\r\nend\r\n"
_INNER = HEAD + b"Subject: inner\r\n\r\n" + LETTER


def _encoded(encoding: bytes, body: bytes = _B64) -> bytes:
    return mail(body, encoding=encoding)


def _qp(body: bytes) -> bytes:
    return mail(body + b"\r\n", encoding=b"quoted-printable")


def _typed(body: bytes) -> bytes:
    return mail(b"Please decode this:\r\n\r\n" + body + b"\r\nRegards\r\n")


# -- The name of the encoding --
add("folded", "A fold straight after the colon is legal; Python does not decode it.", _encoded(b"\r\n base64"))
add("folded-tab", "The same with a tab.", _encoded(b"\r\n\tbase64"))
add("folded-inside", "A fold inside the word.", _encoded(b"base\r\n 64"))
add("capitals", "The name in capitals is legal.", _encoded(b"BASE64"))
add("comment", "A comment after the name is legal.", _encoded(b"base64 (as usual)"))
add("comment-before", "A comment before the name is legal.", _encoded(b"(as usual) base64"))
add("blanks", "Blanks and tabs around the name are legal.", _encoded(b" \t base64 \t "))
add("semicolon", "A semicolon after the name.", _encoded(b"base64;"))
add("comma", "A list of names.", _encoded(b"base64, 7bit"))
add("second-word", "Two names.", _encoded(b"7bit base64"))
add("quotes", "The name in quotes.", _encoded(b'"base64"'))
add("base645", "A character too many; some readers compare beginnings.", _encoded(b"base645"))
add("base64-dash", "A dash too many.", _encoded(b"base64-"))
add("base64-doubled", "The name twice.", _encoded(b"base64base64"))
add("base64-dashed", "A name with a dash inside.", _encoded(b"base-64"))
add("x-base64", "The name as a private one.", _encoded(b"x-base64"))
add("name-nul", "A NUL after the name.", _encoded(b"base64\0"))
add("name-eight-bit", "An octet beyond ASCII after the name.", _encoded(b"base64\xa0"))
add("empty", "No name at all.", _encoded(b""))
add("quoted-underscore", "A misspelt name of quoted-printable.", _encoded(b"quoted_printable", _QP))
add("quoted-short", "A name of quoted-printable cut short.", _encoded(b"quoted", _QP))
add("unknown-utf-7", "A charset where the encoding should stand.", _encoded(b"utf-7"))
add("gzip64", "A private encoding of compressed data.", _encoded(b"x-gzip64", b64(gzip.compress(LETTER, mtime=0))))
add("uuencode-named", "Uuencode under its private name.", _encoded(b"x-uuencode", _UU))
add("uuencode-named-uue", "Uuencode under another name.", _encoded(b"x-uue", _UU))
add(
    "two-first-right",
    "Two fields, the first is right.",
    mail(_B64, encoding=b"base64", fields=b"Content-Transfer-Encoding: 7bit\r\n"),
)
add(
    "two-last-right",
    "Two fields, the last is right.",
    mail(_B64, encoding=b"7bit", fields=b"Content-Transfer-Encoding: base64\r\n"),
)
add(
    "two-after-unknown",
    "Two fields, the first with a name nobody knows.",
    mail(_B64, encoding=b"x-unknown", fields=b"Content-Transfer-Encoding: base64\r\n"),
)
add("seven-bit-is-base64", "Base64 that says it is plain.", _encoded(b"7bit"))
add("eight-bit-is-quoted", "Quoted-printable that says it is plain.", _encoded(b"8bit", _QP))
add("base64-is-plain", "Plain text that says it is base64.", _encoded(b"base64", LETTER + b"\r\n"))
add("base64-is-quoted", "Quoted-printable that says it is base64.", _encoded(b"base64", _QP))
add("quoted-is-base64", "Base64 that says it is quoted-printable.", _encoded(b"quoted-printable", _B64))

# -- Base64 --
add("base64-one-line", "All in one line.", _encoded(b"base64", _SOLID + b"\r\n"))
add(
    "base64-after-padding",
    "Data after the padding; readers stop or go on.",
    _encoded(b"base64", base64.b64encode(b"Hello......") + b"\r\n" + _B64),
)
add(
    "base64-concatenated", "Two padded streams in one line.", _encoded(b"base64", base64.b64encode(b"Hello..") + _SOLID)
)
add("base64-padding-first", "Padding before the data.", _encoded(b"base64", b"====" + _SOLID))
add(
    "base64-foreign",
    "A full stop after each four characters.",
    _encoded(b"base64", b".".join(_SOLID[n : n + 4] for n in range(0, len(_SOLID), 4))),
)
add(
    "base64-dashes",
    "Characters of the alphabet for addresses between the data.",
    _encoded(b"base64", b"-".join(_SOLID[n : n + 4] for n in range(0, len(_SOLID), 4))),
)
add(
    "base64-blanks",
    "A blank after each character.",
    _encoded(b"base64", b" ".join(_SOLID[n : n + 1] for n in range(len(_SOLID)))),
)
add(
    "base64-lines",
    "A line for each character.",
    _encoded(b"base64", b"\r\n".join(_SOLID[n : n + 1] for n in range(len(_SOLID)))),
)
add("base64-quoted", "The data as a quoted reply.", _encoded(b"base64", b"> " + _SOLID + b"\r\n"))
add("base64-text-before", "A line of text before the data.", _encoded(b"base64", b"Dear Pat,\r\n" + _B64))
add(
    "base64-text-after",
    "A line of text after the data.",
    _encoded(b"base64", b64(b"Good morning") + b"-- \r\n" + LETTER),
)
add(
    "base64-short",
    "A character is missing at the end.",
    _encoded(b"base64", base64.b64encode(LETTER + b"..").rstrip(b"=")[:-1]),
)
add(
    "base64-controls",
    "Control characters inside the data.",
    _encoded(b"base64", _SOLID[:20] + b"\x01\x02" + _SOLID[20:]),
)
add("base64-twice", "Base64 inside base64.", _encoded(b"base64", b64(b"Please decode:\r\n" + _B64)))

# -- Quoted-printable --
add("quoted", "Every character an escape.", _qp(_QP))
add("quoted-soft-break", "A soft line break inside the number.", _qp(b"AB 12=\r\n 34 56 C"))
add("quoted-soft-blanks", "Blanks after the mark of a soft break.", _qp(b"AB 12= \t \r\n 34 56 C"))
add("quoted-split-escape", "The two digits of an escape on two lines.", _qp(b"=4=\r\n1B 12 34 56 C"))
add("quoted-control", "A control character that readers drop.", _qp(b"AB 12\x08 34 56 C"))
add("quoted-eight-bit", "An octet beyond ASCII inside the text.", _qp(b"AB 12\xa034 56 C"))
add(
    "quoted-lower-case", "Escapes in lower case.", _qp(b"AB 12 34 56 =43".replace(b"=43", b"=4" + b"3") + b" caf=c3=a9")
)
add("quoted-bad-escape", "An equals sign that stands for nothing.", _qp(b"AB 12 34=Z 56 C"))
add("quoted-double-equals", "Two equals signs.", _qp(b"==41B 12 34 56 C"))
add("quoted-bare-cr", "A soft break of a CR alone.", _qp(b"AB 12=\r 34 56 C"))
add("quoted-last", "The text ends in a soft break.", mail(NINO.encode() + b"=", encoding=b"quoted-printable"))
add("quoted-one-digit", "An escape of one digit at the end of a line.", _qp(b"AB 12 34 56 =4\r\n3"))

add("quoted-blank-end", "An encoded blank at the end of a line.", _qp(b"AB 12=20\r\n34 56 C"))

# -- Encodings where none may be --
add(
    "multipart-base64",
    "A multipart in base64.",
    mail(b64(b"--x\r\n" + part(LETTER) + b"\r\n--x--\r\n"), b"multipart/mixed; boundary=x", encoding=b"base64"),
)
add(
    "multipart-quoted",
    "A multipart that says it is quoted-printable.",
    mail(b"--x\r\n" + SECRET + b"--x--\r\n", b"multipart/mixed; boundary=x", encoding=b"quoted-printable"),
)
add(
    "message-base64",
    "An attached message in base64.",
    multipart(HELLO, part(b64(_INNER), b"message/rfc822", encoding=b"base64")),
)
add(
    "message-quoted",
    "An attached message in quoted-printable.",
    multipart(HELLO, part(qp(_INNER), b"message/rfc822", encoding=b"quoted-printable")),
)
add(
    "message-base64-nested",
    "An attached message in base64 whose body is in base64.",
    multipart(HELLO, part(b64(HEAD + SECRET), b"message/rfc822", encoding=b"base64")),
)
add(
    "global-base64",
    "An international message in base64, which is legal.",
    multipart(HELLO, part(b64(HEAD + SECRET), b"message/global", encoding=b"base64")),
)
add(
    "status-base64",
    "A delivery status in base64.",
    multipart(
        HELLO,
        part(
            b64(b"Reporting-MTA: dns; x\r\n\r\nDiagnostic-Code: smtp; " + LETTER),
            b"message/delivery-status",
            encoding=b"base64",
        ),
        kind=b"report",
    ),
)

# -- Typed into text --
add("typed-base64", "Base64 typed into a plain body.", _typed(_B64))
add("typed-base64-unpadded", "The same without padding.", _typed(base64.b64encode(LETTER + b".").rstrip(b"=")))
add(
    "typed-base64-url", "Base64 in the alphabet for addresses.", _typed(base64.urlsafe_b64encode(b"\xfb\xff " + LETTER))
)
add("typed-base64-quoted", "Base64 in a quoted reply.", _typed(b"> " + _SOLID[:40] + b"\r\n> " + _SOLID[40:]))
add("typed-base64-utf-16", "Base64 of UTF-16, as shells of Windows take it.", _typed(b64(TEXT.encode("utf-16-le"))))
add("typed-base64-gzip", "Base64 of compressed data.", _typed(b64(gzip.compress(LETTER * 4, mtime=0))))
add("typed-uuencode", "Uuencode typed into a plain body; many programs open it.", _typed(_UU))
add("typed-uuencode-open", "Uuencode without its end.", _typed(_UU.removesuffix(b"`\r\nend\r\n")))
add(
    "typed-uuencode-base64",
    "The form of uuencode that uses base64.",
    _typed(b"begin-base64 644 note.txt\r\n" + _B64 + b"====\r\n"),
)
add(
    "typed-uuencode-trailing",
    "Uuencode with its blanks at line ends cut off.",
    _typed(b"begin 644 note.txt\r\n" + binascii.b2a_uu(LETTER).rstrip() + b"\r\nend\r\n"),
)
add(
    "typed-yenc",
    "yEnc typed into a plain body.",
    mail(
        b"=ybegin line=128 size=%d name=note.txt\r\n" % len(LETTER)
        + bytes((c + 42) % 256 for c in LETTER)
        + b"\r\n=yend size=%d\r\n" % len(LETTER),
        b"text/plain; charset=iso-8859-1",
        encoding=b"8bit",
    ),
)
add(
    "typed-yenc-part",
    "The second part of a yEnc file.",
    mail(
        b"=ybegin part=2 line=128 size=999 name=note.txt\r\n=ypart begin=700 end=999\r\n"
        + bytes((c + 42) % 256 for c in LETTER)
        + b"\r\n=yend size=%d part=2\r\n" % len(LETTER),
        b"text/plain; charset=iso-8859-1",
        encoding=b"8bit",
    ),
)
add("typed-quoted", "Quoted-printable typed into a plain body.", _typed(_QP))
add("typed-mime", "A MIME part typed at the top of a body.", mail(SECRET))
add("typed-message", "A whole message typed into a body.", _typed(HEAD + b"Subject: s\r\n" + SECRET))
