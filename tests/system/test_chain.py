"""Real Postfix before and behind the gateway, in each of the three ways an operator may put it there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.chain import send_through, sent_by_smtp_source, without_trace
from tests.support.client_mail import BLOG, COLLEAGUE, OFFICER, SENSITIVE, STRANGER, SUPPLIER, mail, send
from tests.support.gateway_process import GatewayProcess, running_gateway
from tests.support.maildir import messages_for, read_messages
from tests.support.ports import free_port
from tests.support.postfix import Postfix, content_filtering, delivering, proxying
from tests.support.waiting import wait_until

DISCLAIMER = b"This email and any attachments come from Example Council"


def routes_to(port: int) -> dict[str, dict[str, str]]:
    hop = f"127.0.0.1:{port}"
    return {
        "relay": {"kind": "relay", "next_hop": hop, "tls": "none"},
        "secure": {"kind": "gateway", "next_hop": hop, "tls": "none"},
    }


@pytest.fixture(scope="module")
def back() -> Iterator[Postfix]:
    with delivering() as postfix:
        yield postfix


@pytest.fixture(scope="module")
def gateway(back, tmp_path_factory) -> Iterator[GatewayProcess]:
    """The gateway as smart host, with a delivering Postfix behind it."""
    with running_gateway(tmp_path_factory.mktemp("chain"), routes_to(back.port)) as process:
        yield process


# ---- smart host ------------------------------------------------------------------------------------


def test_300_messages_to_colleagues_arrive_unchanged_but_for_trace_fields(gateway, back, tmp_path):
    assert send_through(gateway, back, tmp_path, COLLEAGUE, 300) == 300
    expected = sent_by_smtp_source()
    arrived = [stored for stored in read_messages(back.mail) if stored.recipient.endswith(COLLEAGUE)]
    assert len(arrived) == 300
    assert {without_trace(stored) for stored in arrived} == {expected}
    assert {stored.reverse_path for stored in arrived} == {"officer@council.example"}


def test_mail_to_the_outside_is_the_same_up_to_the_disclaimer(gateway, back, tmp_path):
    assert send_through(gateway, back, tmp_path, SUPPLIER, 20) == 20
    expected = sent_by_smtp_source()
    arrived = [without_trace(s) for s in read_messages(back.mail) if s.recipient.endswith(SUPPLIER)]
    assert len(arrived) == 20
    for octets in arrived:
        assert octets.startswith(expected)
        assert octets[len(expected) :].count(DISCLAIMER) == 1


# ---- before-queue and after-queue filter --------------------------------------------------------------


@pytest.fixture(scope="module")
def reinjection_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def as_filter(reinjection_port, tmp_path_factory) -> Iterator[GatewayProcess]:
    """The gateway as filter: it hands mail back to the MTA that it came from."""
    with running_gateway(tmp_path_factory.mktemp("filter"), routes_to(reinjection_port)) as process:
        yield process


@pytest.fixture
def proxy(as_filter, reinjection_port) -> Iterator[Postfix]:
    with proxying(as_filter.port, reinjection_port=reinjection_port) as mta:
        yield mta


def test_a_proxy_filter_passes_replies_through_and_holds_and_rejects(as_filter, proxy):
    before = len(as_filter.held())
    for number in range(20):
        assert send(proxy.port, mail(f"proxy-{number}"), COLLEAGUE).code == 250
    held = send(proxy.port, mail("proxy-held", SENSITIVE), STRANGER)
    rejected = send(proxy.port, mail("proxy-rejected", SENSITIVE), BLOG)
    proxy.wait_for_empty_queue()

    assert len(messages_for(proxy.mail, COLLEAGUE)) == 20
    assert (held.code, held.text.split(" [")[0]) == (250, "2.0.0 Message accepted")
    assert rejected.code == 550
    assert rejected.text.startswith("5.7.1 Message refused by the organisation's data protection policy")
    # Beside them only our notice to the officer whose mail was held, and it comes from nobody.
    others = [stored for stored in read_messages(proxy.mail) if stored.recipient != COLLEAGUE]
    assert {(stored.recipient, stored.reverse_path) for stored in others} == {(OFFICER, "")}
    assert len(as_filter.held()) == before + 1


def test_behind_a_proxy_filter_that_is_down_clients_hear_451(reinjection_port):
    with proxying(free_port(), reinjection_port=reinjection_port) as mta:
        assert send(mta.port, mail("proxy-down"), COLLEAGUE).code == 451
        assert not mta.queue()


def test_an_after_queue_filter_waits_for_the_gateway_and_holds_and_rejects(as_filter, reinjection_port):
    as_filter.stop()
    with content_filtering(as_filter.port, reinjection_port=reinjection_port) as mta:
        for number in range(20):
            assert send(mta.port, mail(f"filter-{number}"), COLLEAGUE).code == 250
        wait_until(lambda: mta.log().count("status=deferred") >= 20, "twenty deferred messages")
        assert len(mta.queue()) == 20
        assert not read_messages(mta.mail)

        as_filter.start()
        before = len(as_filter.held())
        assert send(mta.port, mail("filter-held", SENSITIVE), STRANGER).code == 250
        assert send(mta.port, mail("filter-rejected", SENSITIVE), BLOG).code == 250
        mta.flush()
        mta.wait_for_empty_queue()
        assert len(messages_for(mta.mail, COLLEAGUE)) == 20
        assert len(as_filter.held()) == before + 1
        # Postfix has custody here, so the refusal comes back as its own report to the sender.
        assert "5.7.1 Message refused by the organisation's data protection policy" in mta.log()
        assert not messages_for(mta.mail, BLOG)
