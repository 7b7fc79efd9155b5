"""What our signer makes of a body and a header, beside what another library makes of them."""

import hashlib

import dkim
from hypothesis import given
from hypothesis import strategies as st

from dlp_gateway.change.dkim import PIECE_BYTES, body_hash, body_pieces, body_start, header_fields, signing_input

RELAXED = dkim.CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
PIECES = st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"x", b"  y", b"\r\n\r\n"]), max_size=12).map(b"".join)
# So that what follows lies where one piece ends and the next begins.
BEFORE = st.integers(PIECE_BYTES - 8, PIECE_BYTES + 2).map(lambda length: b"z" * length) | st.just(b"")
FIELD_TEXTS = st.text(alphabet="ab: \t;=", max_size=30)


@given(BEFORE, PIECES)
def test_bodies_are_hashed_as_by_another_library_also_where_pieces_meet(before: bytes, after: bytes) -> None:
    body = before + after
    assert body_hash(body_pieces(b"A: b\r\n\r\n" + body)) == hashlib.sha256(RELAXED.canonicalize_body(body)).digest()


@given(st.lists(st.tuples(st.sampled_from(["From", "to", "X-a", "Subject"]), FIELD_TEXTS, FIELD_TEXTS), max_size=6))
def test_fields_are_canonicalized_as_by_another_library(fields: list[tuple[str, str, str]]) -> None:
    lines = [f"{name}:{first}\r\n {second}.\r\n" for name, first, second in fields]
    header = "".join(lines).encode() + b"\r\n"
    assert body_start(header + b"x") == len(header)
    ours = header_fields(header)
    theirs = RELAXED.canonicalize_headers(dkim.rfc822_parse(header)[0])
    names = [name for name, _ in reversed(ours)]
    made = signing_input(ours, names, "DKIM-Signature: b=")
    assert made.removesuffix(b"dkim-signature:b=") == b"".join(
        name + b":" + value for name, value in _from_the_last([n.encode() for n in names], theirs)
    )


def _from_the_last(names: list[bytes], fields: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    return list(dkim.select_headers(fields, names))
