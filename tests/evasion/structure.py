"""Structure that readers take differently: boundaries, line ends, types, nesting."""

from __future__ import annotations

from .build import HEAD, HELLO, LETTER, SECRET, TEXT, Section, attached, b64, mail, multipart, part

STRUCTURE = Section("structure")
add = STRUCTURE.add


def _hidden(declared: bytes, boundary: bytes = b"foo") -> bytes:
    """A secret part behind a doubtful declaration of its boundary."""
    return multipart(SECRET, boundary=boundary, declared=declared)


def _nested(octets: bytes, levels: int) -> bytes:
    for n in range(levels):
        octets = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n%s\r\n--b%d--\r\n" % (n, n, octets, n)
    return octets


_PLAIN = multipart(HELLO, SECRET, boundary=b"foo")
_EML = HEAD + b"Subject: inner\r\n" + SECRET

# -- Where recipients look and readers do not --
add("preamble", "Text before the first part.", multipart(HELLO, preamble=LETTER + b"\r\n"))
add("epilogue", "Text after the last part.", multipart(HELLO, epilogue=LETTER + b"\r\n"))
add("preamble-base64", "Base64 before the first part.", multipart(HELLO, preamble=b64(LETTER)))
add("preamble-part", "A whole part before the first delimiter.", multipart(HELLO, preamble=SECRET))
add("epilogue-part", "A whole part after the closing delimiter.", multipart(HELLO, epilogue=b"\r\n" + SECRET))
add(
    "after-close",
    "More parts after the closing delimiter.",
    multipart(HELLO, epilogue=b"--=_limit\r\n" + SECRET + b"--=_limit--\r\n"),
)
add(
    "alternative-attachment",
    "A file inside multipart/alternative, which some gateways pass over.",
    multipart(HELLO, part(b64(LETTER), b"application/octet-stream", encoding=b"base64"), kind=b"alternative"),
)
add(
    "alternative-first",
    "The plain side of an alternative differs from the HTML side.",
    multipart(part(LETTER), part(b"<p>Good morning</p>", b"text/html"), kind=b"alternative"),
)
add(
    "related-unreferenced",
    "A part of multipart/related that nothing refers to.",
    multipart(part(b"<p>Hi</p>", b"text/html"), SECRET, kind=b"related"),
)
add("unknown-multipart", "A kind of multipart nobody knows.", multipart(HELLO, SECRET, kind=b"x-unknown"))
add("form-data", "A multipart of web forms.", multipart(HELLO, SECRET, kind=b"form-data"))
add(
    "fake-signed",
    "A second body where the signature should stand.",
    multipart(HELLO, SECRET, declared=b'multipart/signed; protocol="application/pgp-signature"; boundary="=_limit"'),
)
add("fake-encrypted", "Clear text that says it is encrypted.", multipart(HELLO, SECRET, kind=b"encrypted"))
add(
    "digest",
    "A digest, whose parts are messages without saying so.",
    multipart(b"\r\n" + HEAD + b"Subject: s\r\n" + SECRET, kind=b"digest"),
)
add("no-type-in-part", "A part without any header.", multipart(HELLO, b"\r\n" + LETTER))
add("no-version", "No MIME-Version; programs decode all the same.", _PLAIN.replace(b"MIME-Version: 1.0\r\n", b""))
add("wrong-version", "Another MIME-Version.", _PLAIN.replace(b"MIME-Version: 1.0", b"MIME-Version: 2.0"))
add(
    "empty-name",
    "An attachment that is called nothing.",
    multipart(HELLO, part(b64(LETTER), encoding=b"base64", fields=b'Content-Disposition: attachment; filename=""\r\n')),
)

# -- The boundary --
add(
    "boundary-angle",
    "A boundary in angle brackets, which Python takes off.",
    _hidden(b'multipart/mixed; boundary="<foo>"', b"<foo>"),
)
add("boundary-two-first", "Two boundaries, the first is real.", _hidden(b"multipart/mixed; boundary=foo; boundary=bar"))
add("boundary-two-last", "Two boundaries, the last is real.", _hidden(b"multipart/mixed; boundary=bar; boundary=foo"))
add("boundary-sections", "A boundary in numbered sections.", _hidden(b"multipart/mixed; boundary*0=f; boundary*1=oo"))
add("boundary-extended", "A boundary in the extended form.", _hidden(b"multipart/mixed; boundary*=us-ascii''f%6Fo"))
add(
    "boundary-sections-and-plain",
    "A plain boundary, and another in sections.",
    _hidden(b"multipart/mixed; boundary=bar; boundary*0=f; boundary*1=oo"),
)
add("boundary-word", "A boundary as encoded word.", _hidden(b'multipart/mixed; boundary="=?us-ascii?Q?foo?="'))
add("boundary-word-part", "A boundary half encoded.", _hidden(b'multipart/mixed; boundary="f=?us-ascii?Q?oo?="'))
add("boundary-none", "No boundary at all.", _hidden(b"multipart/mixed"))
add("boundary-empty", "An empty boundary.", _hidden(b'multipart/mixed; boundary=""', b""))
add("boundary-blank-end", "A blank at the end of the boundary.", _hidden(b'multipart/mixed; boundary="foo "', b"foo "))
add("boundary-blank-lost", "A blank in the declaration only.", _hidden(b'multipart/mixed; boundary="foo "'))
add("boundary-long", "A boundary longer than allowed.", _hidden(b"multipart/mixed; boundary=" + b"b" * 80, b"b" * 80))
add("boundary-case", "A boundary in other letters than declared.", _hidden(b"multipart/mixed; boundary=FOO"))
add("boundary-single-quotes", "A boundary in single quotes.", _hidden(b"multipart/mixed; boundary='foo'"))
add("boundary-escaped", "An escape in the quoted boundary.", _hidden(b'multipart/mixed; boundary="f\\oo"'))
add(
    "boundary-escaped-kept",
    "The escape stands in the delimiters too.",
    _hidden(b'multipart/mixed; boundary="f\\oo"', b"f\\oo"),
)
add("boundary-unquoted", "Characters that need quotes.", _hidden(b"multipart/mixed; boundary=f/oo", b"f/oo"))
add("boundary-semicolon", "A semicolon in an unquoted boundary.", _hidden(b"multipart/mixed; boundary=foo;bar"))
add("boundary-open-quote", "A quote that is never closed.", _hidden(b'multipart/mixed; boundary="foo'))
add("boundary-half-quote", "Text after the closing quote.", _hidden(b'multipart/mixed; boundary="f"oo'))
add("boundary-blank-before-equals", "Blanks around the equals sign.", _hidden(b"multipart/mixed; boundary = foo"))
add("boundary-comment", "A comment before the value.", _hidden(b"multipart/mixed; boundary=(x)foo"))
add(
    "boundary-comment-name", "A comment in a comment inside the name.", _hidden(b"multipart/mixed; bound(a(b)c)ary=foo")
)
add(
    "boundary-comment-decoy",
    "A boundary that stands in a comment.",
    _hidden(b"multipart/mixed; (boundary=bar;) boundary=foo"),
)
add("boundary-folded", "A fold inside the boundary.", _hidden(b'multipart/mixed; boundary="f\r\n oo"'))
add("boundary-folded-name", "A fold before the value is legal.", _hidden(b"multipart/mixed;\r\n\tboundary=\r\n\tfoo"))
add("boundary-capitals", "The name of the parameter in capitals is legal.", _hidden(b"Multipart/Mixed; BOUNDARY=foo"))
add("boundary-after-invalid", "A malformed parameter before it.", _hidden(b"multipart/mixed; x y z; boundary=foo"))
add("boundary-after-bare", "A parameter without a value before it.", _hidden(b"multipart/mixed; charset; boundary=foo"))
add("boundary-after-equals", "A parameter without a name before it.", _hidden(b"multipart/mixed; =x; boundary=foo"))
add("boundary-no-semicolon", "No semicolon before it.", _hidden(b"multipart/mixed boundary=foo"))
add("boundary-comma", "A comma in place of the semicolon.", _hidden(b"multipart/mixed, boundary=foo"))
add("boundary-semicolons", "Two semicolons before it.", _hidden(b"multipart/mixed;; boundary=foo"))
add(
    "boundary-in-value",
    "A boundary inside the quotes of another parameter.",
    _hidden(b'multipart/mixed; x="; boundary=bar; "; boundary=foo'),
)
add("boundary-nul", "A NUL in the boundary.", _hidden(b'multipart/mixed; boundary="foo\0bar"'))
add(
    "boundary-eight-bit",
    "Octets beyond ASCII in the boundary.",
    _hidden(b'multipart/mixed; boundary="f\xf6o"', b"f\xf6o"),
)
add(
    "boundary-dashes",
    "The dashes of the delimiter stand in the declaration.",
    _hidden(b"multipart/mixed; boundary=--foo"),
)

# -- Delimiter lines --
add(
    "delimiter-blank-first",
    "A blank before the delimiter.",
    _PLAIN.replace(
        b"\r\n--foo\r\nContent-Type: text/plain; charset=utf-8\r\nContent-T",
        b"\r\n --foo\r\nContent-Type: text/plain; charset=utf-8\r\nContent-T",
    ),
)
add("delimiter-padded", "Blanks after the delimiter are legal.", _PLAIN.replace(b"--foo\r\n", b"--foo \t \r\n"))
add("delimiter-longer", "A line that begins like the delimiter.", _PLAIN.replace(b"--foo\r\n", b"--foox\r\n", 1))
add("delimiter-text-after", "Text behind the delimiter in its line.", _PLAIN.replace(b"--foo\r\n", b"--foo x\r\n"))
add(
    "delimiter-in-line",
    "A delimiter at the end of a line of text.",
    multipart(HELLO, b"\r\nx --foo\r\n" + SECRET, boundary=b"foo"),
)
add("delimiter-nul-first", "A NUL before the delimiter.", _PLAIN.replace(b"\r\n--foo\r\n", b"\r\n\0--foo\r\n"))
add(
    "close-first",
    "The closing delimiter comes first.",
    mail(b"--foo--\r\n--foo\r\n" + SECRET + b"--foo--\r\n", b"multipart/mixed; boundary=foo"),
)
add(
    "close-text-after",
    "Text behind the closing delimiter in its line.",
    multipart(HELLO, boundary=b"foo").replace(b"--foo--\r\n", b"--foo--x\r\n") + SECRET,
)
add("close-missing", "The last part is never closed.", _PLAIN.removesuffix(b"--foo--\r\n"))
add("close-three-dashes", "A dash too many in the closing delimiter.", _PLAIN.replace(b"--foo--\r\n", b"--foo---\r\n"))
add(
    "inner-same",
    "An inner boundary that is the outer one.",
    multipart(HELLO, part(b"--foo\r\n" + SECRET + b"--foo--", b"multipart/mixed; boundary=foo"), boundary=b"foo"),
)
add(
    "inner-longer",
    "An inner boundary that begins with the outer one.",
    multipart(
        HELLO, part(b"--foobar\r\n" + SECRET + b"--foobar--", b"multipart/mixed; boundary=foobar"), boundary=b"foo"
    ),
)
add(
    "inner-shorter",
    "An inner boundary that is the beginning of the outer one.",
    multipart(HELLO, part(b"--fo\r\n" + SECRET + b"--fo--", b"multipart/mixed; boundary=fo"), boundary=b"foo"),
)
add(
    "inner-never-closed",
    "An inner multipart that the outer one ends.",
    multipart(HELLO, part(b"--bar\r\n" + SECRET, b"multipart/mixed; boundary=bar"), boundary=b"foo"),
)
add(
    "header-meets-delimiter",
    "A part without the empty line after its header.",
    multipart(b"Content-Description: x", SECRET, boundary=b"foo"),
)

# -- Line ends --
add("cr-only", "CR alone as line end.", _PLAIN.replace(b"\r\n", b"\r"))
add(
    "cr-in-header",
    "A CR in a header, which may begin a field.",
    HEAD + b"Subject: s\rContent-Type: text/plain\r\nX: y\rContent-Transfer-Encoding: base64\r\n\r\n" + b64(LETTER),
)
add("cr-before-field", "A stray CR before a name.", HEAD + b"\rContent-Transfer-Encoding: base64\r\n\r\n" + b64(LETTER))
add("cr-cr-lf", "Two CR in a line end.", HEAD + b"X: y\r\r\nContent-Transfer-Encoding: base64\r\n\r\n" + b64(LETTER))
add("crlf-cr", "A CR after a line end.", HEAD + b"X: y\r\n\rContent-Transfer-Encoding: base64\r\n\r\n" + b64(LETTER))
add("lf-cr", "LF and CR swapped.", HEAD + b"X: y\n\rContent-Transfer-Encoding: base64\r\n\r\n" + b64(LETTER))
add("lf-in-header", "A bare LF ends a field.", HEAD + b"X: y\nContent-Transfer-Encoding: base64\r\n\r\n" + b64(LETTER))
add("lf-empty-line", "The header ends in bare LF.", HEAD.replace(b"\r\n", b"\n") + b"\n" + SECRET)
add("lf-only", "LF alone throughout.", _PLAIN.replace(b"\r\n", b"\n"))
add(
    "form-feed-fold",
    "A line that begins with a form feed.",
    HEAD + b"Content-Transfer-Encoding:\r\n\x0cbase64\r\n\r\n" + b64(LETTER),
)
add(
    "next-line-octet",
    "An octet that some readers take as a line end.",
    HEAD + b"X: y\x85Content-Transfer-Encoding: base64\r\n\r\n" + b64(LETTER),
)

# -- Types --
add(
    "two-types",
    "Two types, the last is a multipart.",
    HEAD
    + b"Content-Type: text/plain\r\nContent-Type: multipart/mixed; boundary=foo\r\n\r\n--foo\r\n"
    + SECRET
    + b"--foo--\r\n",
)
add(
    "two-types-first",
    "Two types, the first is a multipart.",
    HEAD
    + b"Content-Type: multipart/mixed; boundary=foo\r\nContent-Type: text/plain\r\n\r\n--foo\r\n"
    + SECRET
    + b"--foo--\r\n",
)
add("type-no-subtype", "A type without a subtype.", mail(b64(LETTER), b"text", encoding=b"base64"))
add("type-junk", "A type that is none.", mail(b64(LETTER), b"foo; bar", encoding=b"base64"))
add("type-empty", "An empty type.", mail(b64(LETTER), b"", encoding=b"base64"))
add("type-multipart-bare", "A multipart that does not say which.", _hidden(b"multipart; boundary=foo"))
add("type-slashes", "Two slashes.", _hidden(b"multipart//mixed; boundary=foo"))
add("type-blank", "Blanks around the slash.", _hidden(b"multipart / mixed; boundary=foo"))
add("type-quotes", "The type in quotes.", _hidden(b'"multipart/mixed"; boundary=foo'))
add("type-text-with-boundary", "Text that declares a boundary.", _hidden(b"text/plain; boundary=foo"))
add("type-word", "The type as encoded word.", _hidden(b"=?us-ascii?Q?multipart/mixed?=; boundary=foo"))
add(
    "label-image",
    "Text that says it is a picture.",
    multipart(HELLO, part(b64(LETTER), b"image/png; name=a.png", encoding=b"base64")),
)
add(
    "label-audio", "Text that says it is sound.", multipart(HELLO, part(b64(LETTER), b"audio/mpeg", encoding=b"base64"))
)
add("label-application", "Text that says it is a program's.", attached(LETTER, b"a.dat"))
add("label-unknown", "A type nobody knows.", multipart(HELLO, part(LETTER, b"x-a/x-b")))

# -- Messages in messages --
add("message", "An attached message.", multipart(HELLO, part(_EML, b"message/rfc822")))
add("message-octets", "An attached message under a general label.", attached(_EML, b"a.eml"))
add("message-text", "An attached message that says it is text.", attached(_EML, b"a.txt", b"text/plain"))
add(
    "message-global",
    "An international message in base64.",
    multipart(HELLO, part(b64(_EML), b"message/global", encoding=b"base64")),
)
add("message-news", "A news article.", multipart(HELLO, part(_EML, b"message/news")))
add("message-unknown", "A kind of message nobody knows.", multipart(HELLO, part(_EML, b"message/x-unknown")))
add(
    "message-in-message",
    "Messages in base64 files, four deep.",
    attached(attached(attached(attached(LETTER, b"a.txt"), b"b.eml"), b"c.eml"), b"d.eml"),
)
add(
    "message-http",
    "An answer of a web server as message.",
    multipart(HELLO, part(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + LETTER, b"message/http")),
)
add(
    "message-mailbox-line",
    "An attached message that begins as in a mailbox file.",
    multipart(HELLO, part(b"From jo Mon Oct  5 09:14:00 2026\r\n" + _EML, b"message/rfc822")),
)
add(
    "message-empty-line",
    "An attached message that begins with an empty line.",
    multipart(HELLO, part(b"\r\n" + _EML, b"message/rfc822")),
)
add(
    "message-mailbox",
    "A mailbox file of two messages.",
    attached(
        b"From jo Mon Oct  5 09:14:00 2026\n"
        + HEAD.replace(b"\r\n", b"\n")
        + b"\nHi\n\nFrom jo Mon Oct  5 09:15:00 2026\n"
        + _EML.replace(b"\r\n", b"\n"),
        b"inbox.mbox",
        b"application/mbox",
    ),
)
add("partial", "A piece of a message.", mail(_EML, b'message/partial; id="x"; number=1; total=2'))
add(
    "partial-last",
    "The last piece, without a header of its own.",
    mail(b64(LETTER), b'message/partial; id="x"; number=2; total=2'),
)
add(
    "external-body",
    "The body is somewhere else, at an address that says all.",
    mail(
        b"Content-Type: text/plain\r\n\r\n", b'message/external-body; access-type=URL; URL="ftp://x.example/AB123456C"'
    ),
)
add(
    "report-returned",
    "The returned message of a report.",
    multipart(
        HELLO,
        part(b"Reporting-MTA: dns; x\r\n", b"message/delivery-status"),
        part(_EML, b"message/rfc822"),
        kind=b"report",
    ),
)
add(
    "report-returned-broken",
    "The returned message of a report, cut off and broken.",
    multipart(
        HELLO,
        part(b"Reporting-MTA: dns; x\r\n", b"message/delivery-status"),
        part(HEAD + b"no field\r\n" + SECRET, b"message/rfc822"),
        kind=b"report",
    ),
)
add(
    "report-returned-multipart",
    "The returned message of a report is a multipart without an end.",
    multipart(
        HELLO,
        part(b"Reporting-MTA: dns; x\r\n", b"message/delivery-status"),
        part(_PLAIN.removesuffix(b"--foo--\r\n"), b"message/rfc822"),
        kind=b"report",
    ),
)
add(
    "report-not-first",
    "A broken message in a report that returns none.",
    multipart(part(HEAD + b"no field\r\n" + SECRET, b"message/rfc822"), HELLO, kind=b"report"),
)

# -- Flowed text, and limits --
add(
    "flowed",
    "Lines that readers join.",
    mail(b"NI AB 12 \r\n34 \r\n56 C ok\r\n", b"text/plain; charset=utf-8; format=flowed"),
)
add(
    "flowed-delete",
    "Lines that readers join without the blank.",
    mail(b"NI AB 12 3 \r\n4 5 \r\n6 C ok\r\n", b"text/plain; charset=utf-8; format=flowed; delsp=yes"),
)
add(
    "flowed-quoted",
    "Quoted lines that readers join.",
    mail(b"> NI AB 12 \r\n> 34 \r\n>56 C ok\r\n", b"text/plain; charset=utf-8; format=flowed"),
)
add(
    "flowed-stuffed",
    "Lines that begin with a stuffed blank.",
    mail(b" NI AB 12 \r\n 34 \r\n 56 C ok\r\n", b'text/plain; format="Flowed"; DelSp=Yes'),
)
add("deep-multiparts", "120 multiparts in one another.", HEAD + b"Subject: s\r\n" + _nested(SECRET, 120))
add(
    "deep-messages",
    "400 messages in one another.",
    HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 400 + HEAD + SECRET,
)
add("many-parts", "The last of 1,500 parts.", multipart(*[HELLO] * 1500, SECRET))
add(
    "utf-16-part",
    "A part in UTF-16 without a label.",
    multipart(HELLO, part(b64(TEXT.encode("utf-16-le")), b"application/octet-stream", encoding=b"base64")),
)
