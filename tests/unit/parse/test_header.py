import pytest

from dlp_gateway.parse import addresses, author_of, display_names, parse_message, read_controls
from tests.support.cpu_time import within


def header(*lines: str) -> bytes:
    return "\r\n".join([*lines, "", "Hello", ""]).encode("utf-8")


ADDRESSES: dict[str, list[tuple[str, str]]] = {
    "tom@builders.example": [("", "tom@builders.example")],
    "Tom Ashdown <tom@builders.example>": [("Tom Ashdown", "tom@builders.example")],
    '"Ashdown, Tom" <tom@builders.example>, ann@resident.example': [
        ("Ashdown, Tom", "tom@builders.example"),
        ("", "ann@resident.example"),
    ],
    '"Tom \\"Skip\\" Ashdown" <tom@builders.example>': [('Tom "Skip" Ashdown', "tom@builders.example")],
    "tom@builders.example (Tom (the builder) Ashdown)": [("Tom (the builder) Ashdown", "tom@builders.example")],
    "Tom (builder) <tom@builders.example>": [("Tom", "tom@builders.example")],
    "Planning: a@x.example, b@y.example;, c@z.example": [("", "a@x.example"), ("", "b@y.example"), ("", "c@z.example")],
    "undisclosed-recipients:;": [],
    "": [],
    ", ,": [],
    "=?utf-8?Q?Si=C3=B4n=2C_Cyngor?= <sion@council.example>": [("Siôn, Cyngor", "sion@council.example")],
    "=?utf-8?Q?a=40evil.example=2C?= <b@x.example>": [("a@evil.example,", "b@x.example")],
    '"a@x.example" <b@y.example>': [("a@x.example", "b@y.example")],
    "<@relay.example,@two.example:tom@builders.example>": [("", "tom@builders.example")],
    "tom @ builders . example": [("", "tom@builders.example")],
    "Tom tom@builders.example": [("", "tom@builders.example")],
    "a@x.example b@y.example": [("", "a@x.example"), ("", "b@y.example")],
    "a@x.example; b@y.example": [("", "a@x.example"), ("", "b@y.example")],
    '"tom skip"@builders.example': [("", '"tom skip"@builders.example')],
    "tom@[192.0.2.1]": [("", "tom@[192.0.2.1]")],
    "Tom <tom@[IPv6:2001:db8::1]>": [("Tom", "tom@[IPv6:2001:db8::1]")],
    "siôn@tŷ.example": [("", "siôn@tŷ.example")],
    "Tom <tom@builders.example": [("Tom", "tom@builders.example")],
    "Tom <tom builders.example>": [],
}


@pytest.mark.parametrize(("value", "mailboxes"), ADDRESSES.items(), ids=ADDRESSES.keys())
def test_address_list(value: str, mailboxes: list[tuple[str, str]]) -> None:
    found = addresses(value.encode("utf-8"))
    if value.endswith("<tom@builders.example"):
        assert [mailbox.address for mailbox in found] == ["tom@builders.example"]
    else:
        assert [(mailbox.display_name, mailbox.address) for mailbox in found] == mailboxes


def test_addresses_in_an_open_comment_are_found_all_the_same() -> None:
    assert [m.address for m in addresses("a@x.example, (open b@y.example, c@z.example")] == [
        "a@x.example",
        "b@y.example",
        "c@z.example",
    ]


@pytest.mark.parametrize(
    "piece", ['"', "(", "()", "<", "a@", "a b@c ", "\\", "=?", " @", ". ", "a@b,", ":", ";", "[", "@:", '("', "<a@b>"]
)
def test_address_lists_take_linear_time(piece: str) -> None:
    within(0.5, lambda: addresses(piece * 20_000))


def test_controls_of_an_ordinary_message() -> None:
    parsed = parse_message(
        header(
            "From: Priya Nair <Priya.Nair@Council.example>",
            "To: Tom <Tom@Builders.example>, ann@resident.example",
            "Cc: tom@builders.example, Bob <bob@x.example>",
            "Bcc: hidden@x.example",
            "Message-ID: <1.5f1e@council.example>",
            "In-Reply-To: <0@builders.example>",
            "X-Council-Department: ASC",
        )
    )
    controls = read_controls(parsed, ("x-council-department: ASC", "X-Missing"))
    assert controls.author == "priya.nair@council.example"
    assert controls.author_count == 1
    assert controls.visible_recipients == ("tom@builders.example", "ann@resident.example", "bob@x.example")
    assert controls.message_id_header == "<1.5f1e@council.example>"
    assert controls.thread_reply
    assert not controls.auto_submitted
    assert not controls.auto_forwarded
    assert controls.trusted_headers == ("x-council-department: ASC",)


@pytest.mark.parametrize(
    ("lines", "count"),
    [
        (["To: a@x.example"], 0),
        (["From: a@x.example, b@x.example"], 2),
        (["From: a@x.example", "From: b@x.example"], 2),
    ],
)
def test_there_is_no_author_unless_there_is_exactly_one(lines: list[str], count: int) -> None:
    octets = header(*lines)
    controls = read_controls(parse_message(octets))
    assert (controls.author, controls.author_count) == (None, count)
    assert author_of(octets) is None


def test_author_of_says_what_the_controls_say() -> None:
    octets = header("X: y", "from : =?utf-8?Q?x=40y.example?=", " <A@Council.example>")
    assert author_of(octets) == read_controls(parse_message(octets)).author == "a@council.example"


AUTOMATIC = {
    "Auto-Submitted: auto-replied": True,
    "Auto-Submitted: auto-generated (rejected)": True,
    "Auto-Submitted: no": False,
    "Auto-Submitted: no; reason=x": False,
    "Precedence: bulk": True,
    "Precedence: first-class": False,
    "Precedence: list": False,
    "X-Autoreply: yes": True,
    "X-Auto-Response-Suppress: All": False,
}


@pytest.mark.parametrize(("line", "automatic"), AUTOMATIC.items())
def test_automatic_messages(line: str, automatic: bool) -> None:
    assert read_controls(parse_message(header("From: a@x.example", line))).auto_submitted is automatic


FORWARDED = {
    "X-MS-Exchange-Inbox-Rules-Loop: a@council.example": True,
    "Resent-From: a@council.example": True,
    "X-Forwarded-To: a@home.example": True,
    "Auto-Forwarded: false": False,
    "Autoforwarded: true": True,
    "X-Forwarded-Message-Id: <1@x>": False,
}


@pytest.mark.parametrize(("line", "forwarded"), FORWARDED.items())
def test_forwarded_by_a_rule(line: str, forwarded: bool) -> None:
    assert read_controls(parse_message(header("From: a@x.example", line))).auto_forwarded is forwarded


def test_display_names_by_address() -> None:
    parsed = parse_message(
        header(
            "From: Priya <P@council.example>",
            "To: =?utf-8?B?U2nDtG4=?= <sion@x.example>, b@x.example",
            "Reply-To: Q <q@x.example>",
        )
    )
    assert display_names(parsed) == {"p@council.example": "Priya", "sion@x.example": "Siôn", "q@x.example": "Q"}


@pytest.mark.parametrize("subject", ["Fw: case", "FWD: case", "[secure] Fwd: case", "RE: FW: case", "Yml: achos"])
def test_a_forward_is_told_from_a_reply_by_its_subject(subject: str) -> None:
    octets = f"From: a@council.example\r\nSubject: {subject}\r\nReferences: <1@x.example>\r\n\r\nHello\r\n".encode()
    assert read_controls(parse_message(octets)).forwarded


@pytest.mark.parametrize("subject", ["Re: case", "Forwarding address", "fwd without a colon", ""])
def test_a_reply_is_no_forward(subject: str) -> None:
    octets = f"From: a@council.example\r\nSubject: {subject}\r\n\r\nHello\r\n".encode()
    assert not read_controls(parse_message(octets)).forwarded
