from __future__ import annotations

from dlp_gateway.model import Envelope, MailParams, RecipientParams
from dlp_gateway.receive.smtp_codec import parse_mail, parse_rcpt
from dlp_gateway.receive.transaction import Transaction


def envelope(transaction: Transaction) -> Envelope:
    return transaction.envelope(
        client_ip="192.0.2.1", client_name="exchange", client_user=None, helo="mail.council.example", tls=True
    )


def test_recipients_keep_their_order_and_count_once_with_their_first_parameters() -> None:
    transaction = Transaction(parse_mail(b"FROM:<a@b.example> BODY=8BITMIME"), vouched=True)
    for argument in (b"TO:<z@x.example>", b"TO:<y@x.example> NOTIFY=NEVER", b"TO:<z@x.example> NOTIFY=DELAY"):
        transaction.add(parse_rcpt(argument, smtputf8=False))
    assert len(transaction) == 2
    assert envelope(transaction) == Envelope(
        reverse_path="a@b.example",
        recipients=("z@x.example", "y@x.example"),
        params=MailParams(body="8BITMIME"),
        recipient_params=(RecipientParams(), RecipientParams(notify="NEVER")),
        client_ip="192.0.2.1",
        client_name="exchange",
        vouches_for_sender=True,
        helo="mail.council.example",
        tls=True,
    )


def test_recipients_that_differ_in_case_only_stay_two() -> None:
    transaction = Transaction(parse_mail(b"FROM:<>"), vouched=False)
    for argument in (b"TO:<Bob@x.example>", b"TO:<bob@x.example>"):
        transaction.add(parse_rcpt(argument, smtputf8=False))
    assert envelope(transaction).recipients == ("Bob@x.example", "bob@x.example")
    assert envelope(transaction).recipient_params == ()
    assert envelope(transaction).reverse_path is None
