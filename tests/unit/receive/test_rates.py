from __future__ import annotations

from dlp_gateway.config_access import Authentication, Client
from dlp_gateway.receive.rates import MAX_REMEMBERED, Rates
from tests.support.receive import Inbox, Talk, make_certificate, make_config, running, start_tls, user

ANN = (("ann", 3),)


def taken(rates: Rates, times: int, now: float) -> int:
    return sum(rates.take(ANN, now) for _ in range(times))


def test_a_burst_passes_and_a_flood_does_not() -> None:
    rates = Rates()
    assert taken(rates, 10, 0.0) == 3
    assert taken(rates, 10, 20.0) == 1
    assert taken(rates, 10, 90.0) == 3
    assert taken(rates, 10, 10_000.0) == 3


def test_where_one_bucket_is_empty_nothing_is_taken_from_another() -> None:
    rates = Rates()
    assert rates.take((("narrow", 1), ("wide", 2)), 0.0)
    assert not rates.take((("narrow", 1), ("wide", 2)), 0.0)
    assert rates.take((("wide", 2),), 0.0)


def test_buckets_of_thousands_take_no_more_memory() -> None:
    rates = Rates()
    for number in range(MAX_REMEMBERED + 100):
        rates.take(((str(number), 1),), 0.0)
    assert len(rates) == MAX_REMEMBERED


async def test_every_connection_of_a_client_draws_from_the_same_bucket() -> None:
    clients = (Client(name="local", networks=("127.0.0.0/8",), messages_per_minute=1),)
    async with running(make_config(clients=clients), Inbox()) as server:
        async with Talk.to(server) as one, Talk.to(server) as two:
            await one.opens("MAIL FROM:<ann@council.example>")
            await two.opens()
            assert (await two.asks("MAIL FROM:<ann@council.example>")).startswith("451 4.7.1 Too many messages")
            assert (await one.asks("RCPT TO:<bob@partner.example>")).startswith("250")


async def test_an_account_has_a_bucket_of_its_own_wherever_it_logs_in(tmp_path) -> None:
    authentication = Authentication(messages_per_minute=1, recipients_per_minute=None)
    config = make_config(tls=make_certificate(tmp_path), users=(user(),), authentication=authentication)
    async with running(config, Inbox()) as server:
        for reply in ("250", "451 4.7.1"):
            async with Talk.to(server) as talk:
                await start_tls(talk)
                await talk.asks("EHLO client.test")
                await talk.asks("AUTH PLAIN AGFubgBjb3JyZWN0IGhvcnNlIGJhdHRlcnk=")
                assert (await talk.asks("MAIL FROM:<ann@council.example>")).startswith(reply)
