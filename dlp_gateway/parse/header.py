"""What the outermost header says: mailboxes, and the controls that policy and manners need.

Address lists are read by a tokenizer of our own in one pass: the standard library's takes minutes
for a field full of quotes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..model import Controls, HeaderField, ParsedMessage
from .fields import read_block
from .words import decode_value

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*(?:"|\\?\Z)|\\.?|[()<>,:;\[\]]|[^"()<>,:;\[\]\\]+', re.DOTALL)
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_SPLIT = re.compile(r"[\s,;<>()\"]+")
_FORWARD_MARKS = frozenset(
    {
        "auto-forwarded",
        "autoforwarded",
        "x-ms-exchange-inbox-rules-loop",
        "x-ms-exchange-organization-autoforwarded",
        "x-forwarded-to",
        "x-forwarded-for",
        "x-sieve-redirected-from",
        "resent-from",
        "resent-to",
        "resent-sender",
    }
)
_NAMED_FIELDS = ("from", "to", "cc", "reply-to")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """One mailbox of an address field. `address` is as spelled, "" never; `display_name` decoded."""

    display_name: str
    address: str


def field_value(field: HeaderField) -> bytes:
    """The value as it stands in the message, after the colon."""
    return field.raw.partition(b":")[2]


def addresses(value: bytes | str) -> tuple[Mailbox, ...]:
    """Mailboxes of an address list (RFC 5322, 3.4), groups opened, in their order.

    Give the undecoded value: an encoded word may hold commas and brackets that are no structure.
    Tolerant: what has no "@" is left out; a list that ends inside a comment or bracket is also
    searched for bare addresses. Linear in the length.
    """
    text = value if isinstance(value, str) else _plain(value)
    reader = _ListReader()
    for match in _TOKEN.finditer(text):
        reader.take(match[0])
    reader.flush()
    if reader.depth or reader.broken:
        reader.add_bare(text)
    return tuple(reader.found)


def _plain(value: bytes) -> str:
    value = value.replace(b"\r\n", b"").replace(b"\n", b"")
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")


class _ListReader:
    """The state of one pass over an address list."""

    def __init__(self) -> None:
        self.found: list[Mailbox] = []
        self.depth = 0  # of comments
        self.broken = False
        self._comment: list[str] = []
        self._words: list[str] = []
        self._angle: list[str] | None = None  # what stands between < and >, None outside
        self._bracketed: str | None = None  # the finished address of this mailbox

    def take(self, lexeme: str) -> None:
        if self.depth:
            self._take_in_comment(lexeme)
        elif lexeme == "(":
            self.depth = 1
        elif self._angle is not None:
            self._take_in_angle(self._angle, lexeme)
        elif lexeme == "<":
            self._angle = []
        elif lexeme in (",", ";"):
            self.flush()
        elif lexeme == ":":
            # The name of a group; nobody is addressed by it.
            self._words.clear()
            self._comment.clear()
        else:
            self._words.append(lexeme)

    def _take_in_comment(self, lexeme: str) -> None:
        # A quote means nothing inside a comment, so its parentheses count (RFC 5322, 3.2.2).
        self.depth += lexeme.count("(") - lexeme.count(")") if lexeme[:1] in ("(", ")", '"') else 0
        self.depth = max(0, self.depth)
        if self.depth:
            self._comment.append(lexeme)

    def _take_in_angle(self, angle: list[str], lexeme: str) -> None:
        if lexeme == ">":
            self._bracketed = "".join(angle)
            self._angle = None
        elif lexeme == ":" and not any("[" in piece for piece in angle):
            angle.clear()  # a source route (RFC 5322, 4.4)
        else:
            angle.append(lexeme)

    def flush(self) -> None:
        """End one mailbox."""
        if self._angle is not None:
            self.broken = True
        address = _without_blanks(self._bracketed or "")
        words = "".join(self._words).strip()
        comment = "".join(self._comment).strip()
        self._words, self._comment, self._angle, self._bracketed = [], [], None, None
        if "@" in address.strip("@"):
            self.found.append(Mailbox(display_name=_name(words or comment), address=address))
        elif "@" in words:
            self._flush_bare(words, comment)

    def _flush_bare(self, words: str, comment: str) -> None:
        if words.startswith('"') and '"@' in words:
            self.found.append(Mailbox(display_name=_name(comment), address=_without_blanks(words)))
            return
        if words.count("@") == 1 and not words.startswith('"'):
            joined = re.sub(r"\s*([@.])\s*", r"\1", words) if len(words) < 1000 else words
        else:
            joined = words
        for word in joined.split():
            if "@" in word.strip("@"):
                self.found.append(Mailbox(display_name=_name(comment), address=word.strip('"')))

    def add_bare(self, text: str) -> None:
        known = {mailbox.address for mailbox in self.found}
        for word in _SPLIT.split(text):
            if "@" in word.strip("@") and word not in known:
                known.add(word)
                self.found.append(Mailbox(display_name="", address=word))


def _without_blanks(address: str) -> str:
    """Blanks mean nothing around "@" and "." but are kept inside a quoted local part."""
    local, quote, domain = address.strip().rpartition('"@')
    return (local + quote if quote else "") + "".join(domain.split())


def _name(text: str) -> str:
    """A display name in readable form: quotes and escapes taken off, encoded words decoded."""
    if '"' in text:
        text = _QUOTED.sub(lambda match: _ESCAPE.sub(r"\1", match[1]), text)
    return " ".join(decode_value(text.encode("utf-8", "replace")).split())


# As mail programs in Britain write it, in English and Welsh, after any tag such as [secure] or Re:.
_FORWARD_SUBJECT = re.compile(r"(?i)\s*(?:\[[^\]]*\]\s*|re\s*:\s*|atb\s*:\s*)*(?:fwd?|yml)\s*:")


def read_controls(parsed: ParsedMessage, wanted_headers: tuple[str, ...] = ()) -> Controls:
    """The controls of the outermost header. `wanted_headers`: names of fields, or "Name: value" of
    which the name counts, whose values sender groups ask for."""
    fields: dict[str, list[HeaderField]] = {}
    for field in parsed.root.header:
        fields.setdefault(field.name.lower(), []).append(field)

    def mailboxes(*names: str) -> list[str]:
        return [
            mailbox.address.lower()
            for name in names
            for field in fields.get(name, ())
            for mailbox in addresses(field_value(field))
        ]

    authors = mailboxes("from")
    message_ids = [field.text.strip() for field in fields.get("message-id", ())]
    return Controls(
        author=authors[0] if len(authors) == 1 else None,
        author_count=len(authors),
        visible_recipients=tuple(dict.fromkeys(mailboxes("to", "cc"))),
        message_id_header=message_ids[0] if message_ids and message_ids[0] else None,
        auto_submitted=_is_automatic(fields),
        auto_forwarded=_is_forwarded(fields),
        forwarded=any(_FORWARD_SUBJECT.match(field.text) for field in fields.get("subject", ())),
        thread_reply=any(name in fields for name in ("in-reply-to", "references")),
        trusted_headers=tuple(
            f"{name}: {field.text.strip()}"
            for name in dict.fromkeys(wanted.partition(":")[0].strip() for wanted in wanted_headers)
            for field in fields.get(name.lower(), ())
        ),
    )


def author_of(octets: bytes) -> str | None:
    """The author (lower case) from the header block alone, as `read_controls` would say it; None when
    absent or more than one. Cheap enough for the main process."""
    block = read_block(octets, 0, len(octets), outermost=True)
    authors = [
        mailbox.address.lower()
        for field in block.fields
        if field.name.lower() == "from"
        for mailbox in addresses(field_value(field))
    ]
    return authors[0] if len(authors) == 1 else None


def is_automatic_mail(octets: bytes) -> bool:
    """Whether a machine sent it, from the header block alone, as `read_controls` would say it (RFC 3834, 5)."""
    fields: dict[str, list[HeaderField]] = {}
    for field in read_block(octets, 0, len(octets), outermost=True).fields:
        fields.setdefault(field.name.lower(), []).append(field)
    return _is_automatic(fields)


def _first_word(field: HeaderField) -> str:
    return re.split(r"[\s;(]", field.text.strip().lower(), maxsplit=1)[0]


def _is_automatic(fields: dict[str, list[HeaderField]]) -> bool:
    """RFC 3834, 5; Precedence is what programs wrote before it."""
    submitted = any(_first_word(field) not in ("no", "") for field in fields.get("auto-submitted", ()))
    precedence = any(_first_word(field) in ("bulk", "junk", "auto_reply") for field in fields.get("precedence", ()))
    return submitted or precedence or "x-autoreply" in fields or "x-autorespond" in fields


def _is_forwarded(fields: dict[str, list[HeaderField]]) -> bool:
    return any(
        _first_word(field) not in ("no", "false", "")
        for name in _FORWARD_MARKS & fields.keys()
        for field in fields[name]
    )


def display_names(parsed: ParsedMessage) -> dict[str, str]:
    """Display names by (lower case) address, of From, To, Cc and Reply-To; the first of each address."""
    names: dict[str, str] = {}
    for field in parsed.root.header:
        if field.name.lower() in _NAMED_FIELDS:
            for mailbox in addresses(field_value(field)):
                if mailbox.display_name:
                    names.setdefault(mailbox.address.lower(), mailbox.display_name)
    return names
