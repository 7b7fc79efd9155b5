from dataclasses import replace
from datetime import UTC, datetime

import pytest

from dlp_gateway.change import received_field
from dlp_gateway.model import Envelope, MailParams, Message

ENVELOPE = Envelope(
    reverse_path="priya@council.example",
    recipients=("tom@builders.example", "secret@bcc.example"),
    client_ip="192.0.2.7",
    helo="mail.council.example",
)


def field(**changes: object) -> str:
    envelope = replace(ENVELOPE, **changes)  # type: ignore[arg-type]
    received_at = datetime(2026, 10, 5, 9, 14, 3, tzinfo=UTC)
    message = Message(id="01J9ZK4T7Q", envelope=envelope, octets=b"", received_at=received_at)
    return received_field(message, "dlp.council.example").decode("ascii")


def test_the_field_is_that_of_rfc_5321() -> None:
    assert field() == (
        "Received: from mail.council.example\r\n"
        "\t([192.0.2.7])\r\n"
        "\tby dlp.council.example with ESMTP\r\n"
        "\tid 01J9ZK4T7Q;\r\n"
        "\tMon, 5 Oct 2026 09:14:03 +0000\r\n"
    )


def test_recipients_are_never_told() -> None:
    assert "bcc.example" not in field()
    assert "builders" not in field()
    assert " for " not in field()


@pytest.mark.parametrize(
    ("changes", "protocol"),
    [
        ({"tls": True}, "ESMTPS"),
        ({"client_user": "app"}, "ESMTPA"),
        ({"tls": True, "client_user": "app"}, "ESMTPSA"),
        ({"params": MailParams(smtputf8=True)}, "UTF8SMTP"),
        ({"params": MailParams(smtputf8=True), "tls": True}, "UTF8SMTPS"),
    ],
)
def test_the_protocol_says_how_it_came(changes: dict[str, object], protocol: str) -> None:
    assert f"with {protocol}\r\n" in field(**changes)


@pytest.mark.parametrize("helo", ["", "a b", "x\r\nBcc: y", "(comment", "x" * 300, "tŷ.example", "a;b"])
def test_a_name_that_could_be_mistaken_is_replaced_by_the_address(helo: str) -> None:
    assert field(helo=helo).startswith("Received: from [192.0.2.7]\r\n\tby ")


def test_ipv6_is_a_literal() -> None:
    assert "([IPv6:2001:db8::1])" in field(client_ip="2001:db8::1")


def test_lines_stay_below_78_octets() -> None:
    text = field(
        tls_text="TLSv1.3, TLS_AES_256_GCM_SHA384, X25519MLKEM768, and so on (a) and on\r\n",
        helo="h" * 60,
        client_ip="2001:db8::1",
    )
    assert text.count("\r\n") == len(text.splitlines())
    assert all(len(line) < 78 for line in text.splitlines())
    assert "(TLSv1.3, TLS_AES_256_GCM_SHA384" in text
