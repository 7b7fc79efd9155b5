from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dlp_gateway.change.edits import edits_between
from tests.support.milter_edits import apply_edits

FIELD = st.builds(
    lambda name, value, fold: name + b":" + value + fold,
    st.sampled_from([b"Subject", b"subject", b"Received", b"X-Note", b"Content-Type"]),
    st.sampled_from([b"", b" ", b" a", b" b", b"\tc", b"  two  blanks "]),
    st.sampled_from([b"", b"\r\n folded", b"\r\n\ttwice\r\n  folded"]),
)
FIELDS = st.lists(FIELD, max_size=8)
BODY = st.sampled_from([b"", b"text\r\n", b"\r\n\r\nSubject: in the body\r\n", b"other"])
MESSAGE = st.builds(lambda fields, body: b"".join(f + b"\r\n" for f in fields) + b"\r\n" + body, FIELDS, BODY)


@given(MESSAGE, MESSAGE)
def test_the_edits_between_two_messages_make_the_one_of_the_other(before, after):
    assert apply_edits(before, edits_between(before, after)) == after


@given(MESSAGE)
def test_a_message_needs_no_edit_to_become_itself(message):
    edits = edits_between(message, message)
    assert (edits.new, edits.changed, edits.body) == ((), (), None)


@given(FIELDS, FIELDS, BODY, st.data())
def test_what_is_only_put_in_changes_nothing_else(fields, added, body, data):
    """So the loop mark and a signature leave every other field to the mail server, whatever it thinks of counting."""
    wanted = list(fields)
    for field in added:
        wanted.insert(data.draw(st.integers(0, len(wanted))), field)
    edits = edits_between(_message(fields, body), _message(wanted, body))
    assert (edits.changed, edits.body) == ((), None)


def _message(fields: list[bytes], body: bytes) -> bytes:
    return b"".join(field + b"\r\n" for field in fields) + b"\r\n" + body
