"""Whatever others say of a client's origin, nothing of it can break out of where it is written."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dlp_gateway.act.smtp_wire import Features, make_transaction, xforward_commands
from dlp_gateway.model import MailParams
from dlp_gateway.receive.networks import address_of
from dlp_gateway.receive.passed_on import XFORWARD, read_xclient, read_xforward
from dlp_gateway.receive.proxy_header import (
    MAX_V1_OCTETS,
    MAX_V2_OCTETS,
    BadProxyHeaderError,
    octets_wanted,
    read_header,
)
from dlp_gateway.receive.smtp_codec import CommandRefusedError

SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
STARTS = st.sampled_from([b"", b"PROXY ", b"PROXY TCP4 ", SIGNATURE, SIGNATURE + b"\x21\x11\x00\x0c"])
ITEMS = st.tuples(
    st.sampled_from([*XFORWARD, "LOGIN", "name", "X"]), st.text(st.characters(max_codepoint=255), max_size=300)
)


@given(STARTS, st.binary(max_size=300))
def test_any_octets_are_a_header_or_none_and_reading_has_an_end(start: bytes, rest: bytes) -> None:
    stream, header = start + rest, b""
    try:
        while wanted := octets_wanted(header):
            assert len(header) + wanted <= max(MAX_V1_OCTETS, MAX_V2_OCTETS)
            taken = stream[len(header) : len(header) + wanted]
            if not taken:
                return
            header += taken
        said = read_header(header)
    except BadProxyHeaderError:
        return
    assert said.address is None or address_of(said.address) is not None


def xtext(text: str) -> str:
    return "".join(c if c.isalnum() and c.isascii() else f"+{ord(c):02X}" for c in text)


@given(st.lists(ITEMS, max_size=8), st.booleans())
def test_values_are_refused_or_fit_into_a_line_and_a_field(items: list[tuple[str, str]], encoded: bool) -> None:
    argument = " ".join(f"{name}={xtext(value) if encoded else value}" for name, value in items).encode("latin-1")
    for read in (read_xforward, read_xclient):
        try:
            found = read(argument)
        except CommandRefusedError:
            continue
        assert all(value.isascii() and value.isprintable() and " " not in value for value in found.values())
        assert all(len(value) <= 255 for value in found.values())


@given(st.lists(ITEMS, min_size=1, max_size=7))
def test_what_was_told_is_what_the_next_hop_hears(items: list[tuple[str, str]]) -> None:
    argument = " ".join(f"{name}={xtext(value)}" for name, value in items).encode("latin-1")
    try:
        found = read_xforward(argument)
    except CommandRefusedError:
        return
    told = MailParams(forwarded=tuple(found.items()))
    transaction = make_transaction("a@council.example", ("b@council.example",), told, (), b"")
    lines = xforward_commands(transaction, Features(xforward=frozenset(XFORWARD)))
    heard: dict[str, str] = {}
    for line in lines:
        assert line.endswith(b"\r\n")
        assert line.count(b"\n") == 1
        assert len(line) <= 512 or len(line.split()) == 2
        heard |= read_xforward(line.removeprefix(b"XFORWARD ").removesuffix(b"\r\n"))
    assert heard == found
