"""Text in header fields, file names and parameters."""

from __future__ import annotations

import base64

from .build import HEAD, HELLO, LETTER, NINO, SECRET, SOLID, TEXT, Section, b64, mail, multipart, part, word

HEADERS = Section("headers")
add = HEADERS.add

_N = NINO.encode()
_PERCENT = NINO.replace(" ", "%20").encode()
_UMLAUT = TEXT.replace("number", "nümber").encode()
_INSIDE = _UMLAUT.index(b"\xc3") + 1
_FILE = b"application/octet-stream"


def _to(mailbox: bytes) -> bytes:
    return mail().replace(b"To: pat@partner.example", b"To: " + mailbox)


def _named(disposition: bytes, kind: bytes = _FILE) -> bytes:
    return multipart(HELLO, part(b"x", kind, fields=b"Content-Disposition: attachment" + disposition + b"\r\n"))


# -- Encoded words --
add("word", "The subject is an encoded word.", mail(subject=word(TEXT)))
add(
    "word-split-in-character",
    "Two encoded words share one character, which neither holds whole.",
    mail(
        subject=b"=?utf-8?B?%s?= =?utf-8?B?%s?="
        % (base64.b64encode(_UMLAUT[:_INSIDE]), base64.b64encode(_UMLAUT[_INSIDE:]))
    ),
)
add("words-adjacent", "Encoded words without white space between them.", mail(subject=word(NINO[:5]) + word(NINO[5:])))
add(
    "words-folded", "Encoded words on two lines are one text.", mail(subject=word(NINO[:5]) + b"\r\n " + word(NINO[5:]))
)
add(
    "words-two-charsets",
    "Each half of the number has a charset of its own.",
    mail(subject=word(NINO[:5]) + b" " + word(NINO[5:], "utf-16-be")),
)
add(
    "word-q",
    "Each character an escape, with blanks that the rules forbid.",
    mail(subject=b"=?utf-8?Q?=41=42 =31=32 =33=34 =35=36 =43?="),
)
add("word-charset-underscore", "A misspelt charset that most readers know.", mail(subject=word(TEXT, label="utf_8")))
add("word-charset-unknown", "A charset nobody knows.", mail(subject=word(TEXT, label="x-unknown")))
add("word-charset-codec", "A charset that is a codec of Python only.", mail(subject=b"=?rot13?Q?NO_12_34_56_P?= " + _N))
add(
    "word-no-padding",
    "Base64 without its padding.",
    mail(subject=b"=?utf-8?B?" + base64.b64encode(LETTER + b".").rstrip(b"=") + b"?="),
)
add("word-language", "A language after the charset.", mail(subject=word(TEXT, label="utf-8*en")))
add(
    "word-small-b",
    "Lower-case letters in the encoding and the charset's name in capitals.",
    mail(subject=word(TEXT, label="UTF-8").replace(b"?B?", b"?b?")),
)
add("word-utf-16", "UTF-16 in an encoded word.", mail(subject=word(TEXT, "utf-16-le")))
add(
    "word-utf-7",
    "UTF-7 in an encoded word.",
    mail(subject=b"=?utf-7?Q?=2BAEEAQg-_=2BADEAMg-_=2BADMANA-_=2BADUANg-_=2BAEM-?="),
)
add(
    "word-lying-charset",
    "An encoded word of UTF-16 that says it is UTF-8.",
    mail(subject=word(TEXT, "utf-16-le", "utf-8")),
)
add(
    "word-in-quotes",
    "An encoded word inside a quoted display name.",
    _to(b'"' + word(TEXT) + b'" <pat@partner.example>'),
)
add("word-in-comment", "An encoded word inside a comment.", _to(b"pat@partner.example (" + word(TEXT) + b")"))
add(
    "word-blank-inside",
    "A blank in the base64 of an encoded word.",
    mail(subject=word(TEXT).replace(b"SGVy", b"SGVy ")),
)
add(
    "word-two-streams",
    "Base64 that goes on after its padding.",
    mail(subject=b"=?utf-8?B?" + base64.b64encode(b"Hello..") + base64.b64encode(LETTER) + b"?="),
)
add("word-glued", "An encoded word with letters before and after it.", mail(subject=b"Re:" + word(NINO) + b"."))
add("raw-latin-1", "Octets beyond ASCII, not encoded at all.", mail(subject=(NINO + " café").encode("latin-1")))
add("raw-fullwidth", "Raw UTF-8 with wide digits.", mail(subject="AB １２ ３４ ５６ C".encode()))

# -- Fields nobody reads --
add(
    "second-subject",
    "Two Subject fields; programs show the first or the last.",
    HEAD + b"Subject: Papers\r\nSubject: " + LETTER + b"\r\n\r\nHi\r\n",
)
add("thread-topic", "Outlook shows the topic of a thread.", mail(fields=b"Thread-Topic: " + LETTER + b"\r\n"))
add("own-field", "A field of the sender's invention.", mail(fields=b"X-Note: " + LETTER + b"\r\n"))
add("field-name", "The name of a field is text as well.", mail(fields=b"X-AB123456C: yes\r\n"))
add(
    "description",
    "The description of a part.",
    multipart(HELLO, part(b"x", fields=b"Content-Description: " + LETTER + b"\r\n")),
)
add(
    "description-encoded",
    "The description of a part as encoded word.",
    multipart(HELLO, part(b"x", fields=b"Content-Description: " + word(TEXT) + b"\r\n")),
)
add(
    "message-id",
    "The left side of a Message-ID is free text.",
    mail(fields=b"Message-ID: <AB123456C@council.example>\r\n"),
)
add(
    "content-id",
    "The left side of a Content-ID is free text.",
    multipart(HELLO, part(b"x", fields=b"Content-ID: <AB123456C@council.example>\r\n")),
)
add(
    "content-location",
    "An address of a part, percent-encoded.",
    multipart(HELLO, part(b"x", fields=b"Content-Location: https://x.example/" + _PERCENT + b"\r\n")),
)
add(
    "references",
    "A made-up reference to an earlier message.",
    mail(fields=b"References: <AB123456C@council.example>\r\n"),
)
add("comment-in-to", "A comment beside the address.", _to(b"pat@partner.example (" + _N + b")"))
add(
    "comment-in-date",
    "A comment after the date.",
    mail(fields=b"Date: Mon, 5 Oct 2026 09:14:00 +0000 (" + _N + b")\r\n"),
)
add(
    "comment-escaped",
    "A comment whose characters are escaped one by one.",
    _to(b"pat@partner.example (A\\B 1\\2 3\\4 5\\6 \\C)"),
)
add("comment-nested", "A comment in a comment.", _to(b"pat@partner.example (see (" + _N + b") there)"))
add(
    "comment-in-version",
    "A comment in MIME-Version is legal.",
    mail().replace(b"MIME-Version: 1.0", b"MIME-Version: 1.0 (" + _N + b")"),
)
add("comment-in-encoding", "A comment in the transfer encoding is legal.", mail(encoding=b"7bit (" + _N + b")"))
add("comment-in-disposition", "A comment in the disposition.", _named(b" (" + _N + b")"))
add("comment-in-type", "A comment in the type.", mail(kind=b"text/plain (" + _N + b"); charset=utf-8"))
add(
    "comment-in-received",
    "A trace field with a comment.",
    b"Received: from pc (" + _N + b") by mx.council.example; Mon, 5 Oct 2026 09:14:00 +0000\r\n" + mail(),
)
add("display-name", "The name of a recipient.", _to(b'"' + _N + b'" <pat@partner.example>'))
add(
    "display-name-escaped",
    "A quoted name with escapes that readers take off.",
    _to(b'"A\\B 1\\2 34 5\\6 C" <pat@partner.example>'),
)
add("display-name-two-strings", "A name in two quoted strings.", _to(b'"AB 12" "34 56 C" <pat@partner.example>'))
add("group-name", "The name of an address group without members.", _to(_N + b":;"))
add("local-part", "The local part of an address.", _to(b"ab123456c@partner.example"))
add("local-part-quoted", "A quoted local part with blanks.", _to(b'"' + _N + b'"@partner.example'))
add("folded", "A fold in the middle.", mail(fields=b"X-Note: AB 12\r\n 34 56 C\r\n"))
add("folded-tabs", "A fold before each group, with tabs.", mail(subject=b"AB\r\n\t12\r\n\t34\r\n\t56\r\n\tC"))
add("unknown-type-parameter", "A parameter that no program knows.", mail(kind=b'text/plain; x-note="' + _N + b'"'))
add("unknown-disposition-parameter", "A parameter that no program knows.", _named(b'; x-note="' + _N + b'"'))
add("charset-label", "The name of the charset is text.", mail(kind=b'text/plain; charset="' + _N + b'"'))
add("boundary", "The boundary is text.", multipart(HELLO, boundary=_N))
add("type-word", "The subtype is text.", mail(kind=b"text/x-ab123456c"))
add(
    "disposition-word",
    "The disposition is text.",
    multipart(HELLO, part(b"x", fields=b"Content-Disposition: ab123456c\r\n")),
)
add("encoding-word", "The transfer encoding is text.", mail(encoding=b"ab123456c"))
add("version-word", "The version is text.", mail().replace(b"Version: 1.0", b"Version: 1.0 AB123456C"))
add("report-type", "A parameter of syntax that holds text.", mail(kind=b'text/plain; format="' + _N + b'"'))

# -- File names --
add(
    "filename-sections",
    "A file name in numbered sections.",
    _named(b"; filename*0*=utf-8''AB%2012%20; filename*1*=34%2056%20C.txt"),
)
add(
    "filename-sections-swapped",
    "The sections in the wrong order.",
    _named(b'; filename*1="34 56 C.txt"; filename*0="AB 12 "'),
)
add(
    "filename-sections-missing",
    "A section is missing between two.",
    _named(b'; filename*0="AB 12 "; filename*2="34 56 C.txt"'),
)
add(
    "filename-star-differs",
    "A plain name, and another in the extended form.",
    _named(b"; filename=\"ok.txt\"; filename*=utf-8''" + _PERCENT + b".txt"),
)
add(
    "filename-star-unknown-charset",
    "An extended name in a charset nobody knows.",
    _named(b"; filename*=x-unknown''" + _PERCENT + b".txt"),
)
add(
    "filename-star-utf-16",
    "An extended name in UTF-16.",
    _named(b"; filename*=utf-16le''" + b"".join(b"%%%02X" % octet for octet in NINO.encode("utf-16-le"))),
)
add(
    "name-differs",
    "The name in the type is not the one in the disposition.",
    _named(b'; filename="ok.txt"', _FILE + b'; name="' + _N + b'.txt"'),
)
add(
    "filename-word",
    "An encoded word in quotes, which the rules forbid and programs decode.",
    _named(b'; filename="' + word(NINO) + b'.txt"'),
)
add("filename-twice", "Two file names in one field.", _named(b'; filename="ok.txt"; filename="' + _N + b'.txt"'))
add("filename-percent", "Percent escapes in a plain name.", _named(b'; filename="' + _PERCENT + b'.txt"'))
add("filename-escaped", "Escapes in a quoted name.", _named(b'; filename="A\\B 12 \\34 56 C.txt"'))
add("filename-underscores", "Underscores in place of blanks.", _named(b'; filename="AB_12_34_56_C.txt"'))
add("filename-unquoted", "A name with blanks and no quotes.", _named(b"; filename=" + _N + b".txt"))
add("filename-folded", "A fold inside the quotes.", _named(b'; filename="AB 12\r\n 34 56 C.txt"'))
add(
    "filename-of-message",
    "The name of an attached message.",
    multipart(HELLO, part(HEAD + b"\r\nHi", b'message/rfc822; name="' + _N + b'.eml"')),
)
add("filename-of-body", "The body itself has a name.", mail(kind=b'text/plain; name="' + _N + b'.txt"'))
add(
    "filename-of-multipart",
    "A multipart has a name.",
    multipart(HELLO, declared=b'multipart/mixed; boundary="=_limit"; name="' + _N + b'"'),
)

# -- Headers of nested messages and reports --
add(
    "nested-subject",
    "The encoded subject of an attached message.",
    multipart(HELLO, part(HEAD + b"Subject: " + word(TEXT) + b"\r\n\r\nHi", b"message/rfc822")),
)
add(
    "nested-own-field",
    "A field of an attached message.",
    multipart(HELLO, part(HEAD + b"X-Note: " + LETTER + b"\r\n\r\nHi", b"message/rfc822")),
)
add(
    "nested-twice",
    "The subject of a message in a message.",
    multipart(
        HELLO, part(HEAD + part(HEAD + b"Subject: " + word(TEXT) + b"\r\n\r\nHi", b"message/rfc822"), b"message/rfc822")
    ),
)
add(
    "returned-header",
    "The encoded subject in the returned header of a report.",
    multipart(HELLO, part(b"Subject: " + word(TEXT) + b"\r\n", b"text/rfc822-headers"), kind=b"report"),
)
add(
    "returned-header-global",
    "The same in the form for international mail.",
    multipart(HELLO, part(b"Subject: " + word(TEXT) + b"\r\n", b"message/global-headers"), kind=b"report"),
)
add(
    "status-field",
    "A field of a delivery status.",
    multipart(
        HELLO,
        part(b"Reporting-MTA: dns; x\r\n\r\nDiagnostic-Code: smtp; " + LETTER + b"\r\n", b"message/delivery-status"),
        kind=b"report",
    ),
)
add(
    "status-field-encoded",
    "An encoded word in a field of a delivery status.",
    multipart(
        HELLO,
        part(b"Reporting-MTA: dns; x\r\n\r\nX-Note: " + word(TEXT) + b"\r\n", b"message/delivery-status"),
        kind=b"report",
    ),
)
add(
    "receipt-field",
    "An encoded word in a field of a read receipt.",
    multipart(
        HELLO,
        part(
            b"Final-Recipient: rfc822; x@x.example\r\nX-Note: " + word(TEXT) + b"\r\n",
            b"message/disposition-notification",
        ),
        kind=b"report",
    ),
)

# -- What ends a header --
_HIDE = b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64(LETTER)
add("line-without-colon", "Some readers end the header here, some go on.", HEAD + b"no field here\r\n" + _HIDE)
add("blank-fold-line", "A line of one blank is the end, or a fold.", HEAD + b"Subject: s\r\n \r\n" + _HIDE)
add("fold-first", "The header begins with a fold.", b" X: y\r\n" + HEAD + _HIDE)
add("empty-line-first", "An empty line before the header.", b"\r\n" + HEAD + _HIDE)
add("byte-order-mark-first", "A byte order mark before the first name.", b"\xef\xbb\xbf" + HEAD + _HIDE)
add(
    "blank-before-colon",
    "A blank before the colon.",
    HEAD + b"Content-Transfer-Encoding : base64\r\n\r\n" + b64(LETTER),
)
add("tab-before-colon", "A tab before the colon.", HEAD + b"Content-Transfer-Encoding\t: base64\r\n\r\n" + b64(LETTER))
add("mailbox-line-inside", "The first line of a mailbox file, inside the header.", HEAD + b">From x\r\n" + _HIDE)
add(
    "name-with-eight-bits",
    "A name with an octet beyond ASCII before it.",
    HEAD + b"\xa0Content-Transfer-Encoding: base64\r\n\r\n" + b64(LETTER),
)
add("name-with-nul", "A NUL inside a name.", HEAD + b"Content-Transfer-\0Encoding: base64\r\n\r\n" + b64(LETTER))
add(
    "name-with-underscores", "Underscores in a name.", HEAD + b"Content_Transfer_Encoding: base64\r\n\r\n" + b64(LETTER)
)
add("no-empty-line", "The header never ends.", HEAD + b"Subject: " + LETTER)
add("field-over-limit", "A field longer than is read.", mail(fields=b"X-Long: " + b"y" * 40_000 + LETTER + b"\r\n"))
add(
    "block-over-limit",
    "A header longer than is read.",
    mail(
        fields=b"".join(b"X-%d: filler of some length\r\n" % n for n in range(12_000)) + b"X-Note: " + LETTER + b"\r\n"
    ),
)
add(
    "no-header-in-part",
    "A part of a header alone, with text in it.",
    multipart(HELLO, b"Content-Description: " + LETTER),
)
add(
    "solid",
    "The number without blanks, in a part nobody opens.",
    multipart(SECRET, part(SOLID.encode(), b"x-unknown/x")),
)
