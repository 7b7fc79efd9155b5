"""A message's place in its thread, read from the header alone."""

from __future__ import annotations

from dlp_gateway.parse import thread_of

HEAD = b"From: Ann Hill <Ann@council.example>\r\nTo: bob@council.example,\r\n cy@home.example\r\nMessage-ID: <3@x>\r\n"


def test_a_message_that_answers_nobody_begins_its_thread() -> None:
    thread = thread_of(HEAD + b"\r\nReferences: <1@x>\r\n")
    assert (thread.root, thread.is_reply) == (b"<3@x>", False)


def test_the_root_is_the_first_of_references_however_they_are_folded() -> None:
    thread = thread_of(HEAD + b"In-Reply-To: <2@x>\r\nreferences :\r\n\t<1@x>\r\n <2@x>\r\n\r\n")
    assert (thread.root, thread.is_reply) == (b"<1@x>", True)


def test_without_references_the_root_is_what_is_answered() -> None:
    assert thread_of(HEAD + b"IN-REPLY-TO: Ann's mail of Monday <2@x>\r\n\r\n").root == b"<2@x>"


def test_a_reply_whose_references_are_empty_is_still_a_reply() -> None:
    thread = thread_of(HEAD + b"References:\r\n\r\n")
    assert (thread.root, thread.is_reply) == (b"<3@x>", True)


def test_a_message_without_ids_has_no_root() -> None:
    assert thread_of(b"Subject: x\r\n\r\n<1@x>").root is None
    assert thread_of(b"").root is None


def test_bare_lf_is_read_the_same() -> None:
    octets = HEAD + b"References: <1@x>\r\n\r\nMessage-ID: <9@x>\r\n"
    assert thread_of(octets.replace(b"\r\n", b"\n")).root == b"<1@x>"
    assert thread_of(b"Subject: x\n\nReferences: <9@x>\n").is_reply is False


def test_the_people_are_those_of_from_to_and_cc_also_where_a_field_stands_twice() -> None:
    thread = thread_of(b"Cc: <dee@x.example>\r\nReply-To: no@x.example\r\n" + HEAD + b"CC: eve@x.example\r\n\r\n")
    assert set(thread.people) == {
        "dee@x.example", "Ann@council.example", "bob@council.example", "cy@home.example", "eve@x.example",
    }  # fmt: skip


def test_names_that_only_begin_alike_are_other_fields() -> None:
    thread = thread_of(b"To-Do: a@x.example\r\nReferences-Old: <1@x>\r\nMessage-ID\r\nFrom\r\n\r\n")
    assert (thread.root, thread.is_reply, thread.people) == (None, False, ())
