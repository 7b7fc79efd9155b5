"""The private Postfix instances do what the tests that use them take for granted."""

from __future__ import annotations

from tests.support.maildir import messages_for, read_messages
from tests.support.ports import free_port
from tests.support.postfix import content_filtering, delivering, proxying, relaying, send_with_smtp_source

SENDER = "ann.officer@council.example"
RECIPIENT = "desk@partner.example"


def test_mail_through_a_relaying_postfix_arrives_at_a_delivering_one_once_each() -> None:
    with delivering() as back, relaying(back.port) as front:
        send_with_smtp_source(front.port, "-s", "4", "-m", "20", "-f", SENDER, "-t", RECIPIENT, "-l", "2000")
        front.wait_for_empty_queue()
        back.wait_for_empty_queue()
        messages = messages_for(back.mail, RECIPIENT)
        assert len(messages) == 20
        assert {message.reverse_path for message in messages} == {SENDER}
        assert messages[0].octets.count(b"Received: ") == 2


def test_each_recipient_of_any_domain_gets_a_copy() -> None:
    with delivering() as back:
        send_with_smtp_source(back.port, "-r", "3", "-f", SENDER, "-t", RECIPIENT)
        back.wait_for_empty_queue()
        # smtp-source(1), -r: a number is prepended from the second on.
        assert {message.recipient for message in read_messages(back.mail)} == {
            f"{number}{RECIPIENT}" for number in ("", 2, 3)
        }


def test_a_proxying_postfix_answers_with_what_its_filter_answers() -> None:
    reinjection_port = free_port()
    # Its own after-filter port as the filter: the shortest loop that goes the whole way.
    with proxying(reinjection_port, reinjection_port=reinjection_port) as mta:
        send_with_smtp_source(mta.port, "-m", "3", "-f", SENDER, "-t", RECIPIENT)
        mta.wait_for_empty_queue()
        messages = messages_for(mta.mail, RECIPIENT)
        assert len(messages) == 3
        assert "proxy-accept" in mta.log()


def test_a_content_filtering_postfix_takes_its_mail_back() -> None:
    reinjection_port = free_port()
    with content_filtering(reinjection_port, reinjection_port=reinjection_port) as mta:
        send_with_smtp_source(mta.port, "-m", "3", "-f", SENDER, "-t", RECIPIENT)
        mta.wait_for_empty_queue()
        assert len(messages_for(mta.mail, RECIPIENT)) == 3
        assert f"relay=127.0.0.1[127.0.0.1]:{reinjection_port}" in mta.log()


def test_a_stopped_instance_leaves_nothing_behind() -> None:
    with delivering() as back:
        folder = back.folder
    assert not folder.exists()
