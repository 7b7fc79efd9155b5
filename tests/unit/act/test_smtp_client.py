from __future__ import annotations

import asyncio

import pytest

from dlp_gateway.act.smtp_client import EIGHT_BIT_NOTE, NextHop, SmtpClient
from dlp_gateway.errors import InDoubtError, NextHopError
from dlp_gateway.model import MailParams, RecipientParams
from tests.support.fake_next_hop import ORDINARY, Act, FakeNextHop
from tests.support.sending import OCTETS, A, B, C, client_of, prepare, send
from tests.support.waiting import wait_until_async

LOCK_STEP = tuple(feature for feature in ORDINARY if feature != "PIPELINING")


# ---- the ordinary way ----------------------------------------------------------------------------


@pytest.mark.parametrize("features", [ORDINARY, LOCK_STEP, ()])
async def test_a_message_arrives_as_it_was_given(features):
    async with FakeNextHop(features=features) as hop:
        client = client_of(hop)
        reply = await send(client, A, B)
        await client.close()
    assert (reply.code, reply.enhanced) == (250, "2.0.0")
    (taken,) = hop.taken
    assert taken.octets == OCTETS
    assert taken.mail.startswith(b"MAIL FROM:<jo@council.example>")
    assert taken.rcpts == [b"RCPT TO:<ann@hospital.example>", b"RCPT TO:<bob@hospital.example>"]


async def test_commands_go_in_one_write_only_where_pipelining_is_offered():
    batches = {}
    for features in (ORDINARY, LOCK_STEP):
        async with FakeNextHop(features=features) as hop:
            client = client_of(hop)
            await send(client, A, B, C)
            await client.close()
            batches[features] = hop.sessions[0].largest_batch
    assert batches == {ORDINARY: 5, LOCK_STEP: 1}


async def test_nothing_is_taken_before_the_commit_and_nothing_after_an_abort():
    async with FakeNextHop() as hop:
        client = client_of(hop)
        prepared = await prepare(client)
        assert (prepared.accepted, dict(prepared.refused)) == ((A,), {})
        assert hop.taken == []
        await prepared.abort()
        await prepared.abort()
        await hop.sessions[0].ended.wait()
        assert hop.taken == []
        with pytest.raises(ValueError):
            await prepared.commit(1)
        assert (await send(client)).taken
        await client.close()
    assert len(hop.taken) == 1


async def test_leaving_the_context_uncommitted_aborts():
    async with FakeNextHop() as hop:
        client = client_of(hop, max_connections=1)
        async with await prepare(client):
            pass
        assert (await send(client)).taken  # the connection's place is free again
        await client.close()
    assert len(hop.taken) == 1


async def test_the_null_reverse_path_and_dsn_parameters_go_out_verbatim():
    async with FakeNextHop() as hop:
        client = client_of(hop)
        await send(
            client,
            A,
            reverse_path=None,
            params=MailParams(ret="FULL", envid="Ab+2B1"),
            recipient_params=(RecipientParams(notify="NEVER", orcpt="rfc822;Ann@x.example"),),
        )
        await client.close()
    assert hop.taken[0].mail == b"MAIL FROM:<> SIZE=%d RET=FULL ENVID=Ab+2B1" % len(OCTETS)
    assert hop.taken[0].rcpts == [b"RCPT TO:<ann@hospital.example> NOTIFY=NEVER ORCPT=rfc822;Ann@x.example"]


async def test_a_message_in_pieces_and_larger_than_all_buffers_arrives_whole():
    piece = b".dots and more\r\n" * 100_000
    async with FakeNextHop(features=("PIPELINING",)) as hop:
        client = client_of(hop)
        await send(client, A, octets=[b"Received: by us\r\n", piece, piece], seconds=30)
        await client.close()
    assert hop.taken[0].octets == b"Received: by us\r\n" + piece + piece


async def test_an_eight_bit_message_to_an_old_next_hop_is_sent_and_noted():
    async with FakeNextHop(features=("PIPELINING",)) as hop:
        client = client_of(hop)
        prepared = await prepare(client, octets=b"\r\n\xe9\r\n")
        assert prepared.notes == (EIGHT_BIT_NOTE,)
        await prepared.commit(5)
        await client.close()
    assert hop.taken[0].octets == b"\r\n\xe9\r\n"


async def test_a_next_hop_that_knows_only_helo_is_served():
    async with FakeNextHop({"EHLO": "502 5.5.1 What?"}) as hop:
        client = client_of(hop)
        assert (await send(client)).taken
        await client.close()
    assert hop.verbs()[:3] == ["EHLO", "HELO", "MAIL"]
    assert hop.taken[0].mail == b"MAIL FROM:<jo@council.example>"


@pytest.mark.parametrize("bad", [{"reverse_path": "jo\r\nRSET@x.example"}, {"octets": b"a\nb\r\n"}])
async def test_what_must_never_be_sent_opens_no_connection(bad):
    async with FakeNextHop() as hop:
        client = client_of(hop)
        with pytest.raises(ValueError):
            await send(client, A, **bad)
        await client.close()
    assert hop.sessions == []


# ---- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("features", [ORDINARY, LOCK_STEP])
async def test_a_refused_recipient_does_not_keep_the_message_from_the_others(features):
    script = {f"RCPT {B}": "550 5.1.1 No such user", f"RCPT {C}": "451 4.7.1 Greylisted"}
    async with FakeNextHop(script, features=features) as hop:
        client = client_of(hop)
        prepared = await prepare(client, (A, B, C))
        assert prepared.accepted == (A,)
        assert {r: str(reply) for r, reply in prepared.refused.items()} == {
            B: "550 5.1.1 No such user",
            C: "451 4.7.1 Greylisted",
        }
        assert (await prepared.commit(5)).taken
        await client.close()
    assert [len(taken.rcpts) for taken in hop.taken] == [1]


@pytest.mark.parametrize("features", [ORDINARY, LOCK_STEP])
@pytest.mark.parametrize("stage", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("reply", ["550 5.7.1 No", "451 4.3.2 Later"])
async def test_a_refusal_for_all_is_an_answer_and_no_error(features, stage, reply):
    async with FakeNextHop({stage: reply}, features=features) as hop:
        client = client_of(hop, max_connections=1)
        for _ in range(2):
            prepared = await prepare(client, (A, B))
            assert prepared.accepted == ()
            assert {r: str(answer) for r, answer in prepared.refused.items()} == {A: reply, B: reply}
            await prepared.abort()
        await client.close()
    assert hop.body_octets == 0


async def test_each_recipient_keeps_its_own_reply_when_data_is_refused_too():
    async with FakeNextHop({f"RCPT {A}": "550 5.1.1 No such user", "DATA": "451 4.3.0 Disk full"}) as hop:
        client = client_of(hop)
        prepared = await prepare(client, (A, B))
        await client.close()
    assert {r: reply.code for r, reply in prepared.refused.items()} == {A: 550, B: 451}


async def test_a_go_ahead_although_all_recipients_were_refused_is_met_with_silence():
    async with FakeNextHop({"RCPT": "550 5.1.1 No", "DATA": "354 Go on"}) as hop:
        client = client_of(hop)
        prepared = await prepare(client)
        assert prepared.accepted == ()
        await hop.sessions[0].ended.wait()
        await client.close()
    assert (hop.body_octets, hop.taken) == (0, [])
    assert "QUIT" not in hop.verbs()


@pytest.mark.parametrize("reply", ["554 5.7.1 Spam", "452 4.3.1 Disk full", "421 4.3.2 Shutting down"])
async def test_a_refusal_of_the_final_dot_is_an_answer(reply):
    async with FakeNextHop({"DOT": reply}) as hop:
        client = client_of(hop)
        assert str(await send(client)) == reply
        await client.close()
    assert hop.taken == []


async def test_a_refusal_before_the_end_of_the_body_stops_the_body():
    async with FakeNextHop({"BODY": "552 5.3.4 Too much"}, features=("PIPELINING",)) as hop:
        client = client_of(hop)
        prepared = await prepare(client, octets=b"x" * 70 + b"\r\n" + b"y" * 20_000_000 + b"\r\n", seconds=20)
        refused = dict(prepared.refused) or {A: await prepared.commit(5)}
        assert refused[A].code == 552
        await client.close()
    assert hop.taken == []


async def test_a_message_beyond_the_next_hops_size_is_refused_without_a_command():
    async with FakeNextHop(features=("SIZE 20",)) as hop:
        client = client_of(hop)
        for _ in range(2):
            prepared = await prepare(client)
            assert str(prepared.refused[A])[:9] == "552 5.3.4"
        await client.close()
        assert len(hop.sessions) == 1
    assert "MAIL" not in hop.verbs()


async def test_an_international_recipient_is_refused_and_the_others_are_served():
    async with FakeNextHop(features=("8BITMIME",)) as hop:
        client = client_of(hop)
        prepared = await prepare(client, (A, "zoë@hospital.example"), params=MailParams(smtputf8=True))
        assert prepared.accepted == (A,)
        assert prepared.refused["zoë@hospital.example"].enhanced == "5.6.7"
        await prepared.commit(5)
        await client.close()
    assert len(hop.taken[0].rcpts) == 1


# ---- trouble before the dot ----------------------------------------------------------------------


TROUBLE = {
    "drop": Act.DROP,
    "reset": Act.RESET,
    "421": "421 4.3.2 Closing",
    "garbage": b"\x00\xff garbage\r\n",
    "http": b"HTTP/1.1 200 OK\r\n\r\n",
    "long line": b"250 " + b"x" * 5000 + b"\r\n",
    "endless line": b"250 " + b"x" * 100_000,
    "endless reply": b"250-x\r\n" * 5000,
    "bare LF": b"250 ok\n250 ok\r\n",
    "mixed codes": b"250-a\r\n550 b\r\n",
    "two replies": b"250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n250 ok\r\n",
    "odd class": "350 Hm",
}


@pytest.mark.parametrize("features", [ORDINARY, LOCK_STEP])
@pytest.mark.parametrize("stage", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("trouble", TROUBLE)
async def test_trouble_before_the_dot_is_a_next_hop_error_and_delivers_nothing(features, stage, trouble):
    async with FakeNextHop({stage: TROUBLE[trouble]}, features=features) as hop:
        client = client_of(hop, max_connections=1)
        with pytest.raises(NextHopError) as caught:
            await send(client)
        assert A not in str(caught.value)
        await client.close()
    assert hop.taken == []


@pytest.mark.parametrize("stage", ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA"])
async def test_silence_before_the_dot_ends_in_time_and_frees_the_connections_place(stage):
    async with FakeNextHop({stage: [Act.SILENCE, Act.DROP]}) as hop:
        client = client_of(hop, max_connections=1)
        for _ in range(2):
            with pytest.raises(NextHopError):
                await prepare(client, seconds=0.05)
        await client.close()
    assert len(hop.sessions) == 2


async def test_a_next_hop_that_reads_no_body_costs_only_the_time_allowed():
    async with FakeNextHop() as hop:
        stuck = asyncio.Event()

        async def accept_and_sleep(reader, writer):
            writer.write(b"220 x\r\n")
            await reader.readline()
            writer.write(b"250 x\r\n")
            for reply in (b"250 x\r\n", b"250 x\r\n", b"354 x\r\n"):
                await reader.readline()
                writer.write(reply)
            reader._transport.pause_reading()
            await stuck.wait()
            writer.transport.abort()

        server = await asyncio.start_server(accept_and_sleep, "127.0.0.1", 0)
        client = client_of(hop, port=server.sockets[0].getsockname()[1])
        with pytest.raises(NextHopError):
            await prepare(client, octets=b"x" * 998 + b"\r\n" + (b"y" * 998 + b"\r\n") * 40_000, seconds=0.5)
        stuck.set()
        server.close()
        await server.wait_closed()
        await client.close()


async def test_nobody_listening_is_a_next_hop_error():
    async with FakeNextHop() as hop:
        port = hop.port
    client = SmtpClient(NextHop(host="127.0.0.1", port=port, helo="gateway.example"))
    with pytest.raises(NextHopError):
        await send(client)


@pytest.mark.parametrize("answer", [Act.DROP, "421 4.4.2 Timeout"])
async def test_a_connection_lost_during_the_body_is_noticed_before_the_dot(answer):
    async with FakeNextHop({"BODY": answer}) as hop:
        client = client_of(hop)
        prepared = await prepare(client)
        await hop.sessions[0].ended.wait()
        with pytest.raises(NextHopError):
            await prepared.commit(5)
        await client.close()
    assert hop.taken == []


async def test_cancelling_a_preparation_frees_its_place():
    async with FakeNextHop({"MAIL": [Act.SILENCE, "250 ok"]}) as hop:
        client = client_of(hop, max_connections=1)
        waiting = asyncio.get_running_loop().create_task(prepare(client, seconds=60))
        await wait_until_async(lambda: "MAIL" in hop.verbs(), "MAIL")
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert (await send(client)).taken
        await client.close()


# ---- after the dot -------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [Act.TAKE_AND_DROP, Act.DROP, Act.RESET, b"\xff\r\n", b"250-Ok\r\n", "354 Go on"])
async def test_no_sensible_reply_to_the_dot_is_in_doubt(answer):
    async with FakeNextHop({"DOT": [answer, "250 ok"] if isinstance(answer, Act | str) else answer}) as hop:
        client = client_of(hop)
        prepared = await prepare(client)
        with pytest.raises(InDoubtError) as caught:
            await prepared.commit(0.3)
        assert A not in str(caught.value)
        await client.close()


async def test_silence_after_the_dot_is_in_doubt_and_the_connection_is_not_used_again():
    async with FakeNextHop({"DOT": [Act.SILENCE, "250 ok"]}) as hop:
        client = client_of(hop, max_connections=1)
        with pytest.raises(InDoubtError):
            await (await prepare(client)).commit(0.05)
        assert (await send(client)).taken
        await client.close()
    assert len(hop.sessions) == 2


async def test_a_reply_before_the_dot_is_never_taken_for_one_to_the_dot():
    """A confused next hop that says 250 while the body comes must not count as a delivery."""
    async with FakeNextHop({"DATA": b"354 go\r\n250 2.0.0 Ok\r\n"}) as hop:
        client = client_of(hop)
        with pytest.raises(NextHopError):
            await send(client)
        await client.close()
    assert hop.taken == []


# ---- connections used again ----------------------------------------------------------------------


async def test_one_connection_serves_many_messages():
    async with FakeNextHop() as hop:
        client = client_of(hop)
        for _ in range(5):
            await send(client)
        await client.close()
    assert (len(hop.sessions), len(hop.taken)) == (1, 5)
    assert hop.verbs().count("EHLO") == 1


async def test_closing_the_client_says_quit():
    async with FakeNextHop() as hop:
        client = client_of(hop)
        await send(client)
        await client.close()
        await hop.sessions[0].ended.wait()
    assert hop.verbs()[-1] == "QUIT"


async def test_a_connection_carries_no_more_messages_than_allowed():
    async with FakeNextHop() as hop:
        client = client_of(hop, max_messages=2)
        for _ in range(5):
            await send(client)
        await client.close()
    assert len(hop.sessions) == 3


@pytest.mark.parametrize("terms", [{"max_age_seconds": 0.0}, {"idle_seconds": 0.0}])
async def test_a_connection_too_old_or_too_long_idle_is_not_used_again(terms):
    async with FakeNextHop() as hop:
        client = client_of(hop, **terms)
        await send(client)
        await send(client)
        await client.close()
    assert len(hop.sessions) == 2


async def test_an_idle_connection_is_closed_by_us_with_quit():
    async with FakeNextHop() as hop:
        client = client_of(hop, idle_seconds=0.02)
        await send(client)
        async with asyncio.timeout(5):
            await hop.sessions[0].ended.wait()
        await client.close()
    assert hop.verbs()[-1] == "QUIT"


async def test_a_connection_with_a_refusal_is_not_used_again():
    """Next hops count errors per session and slow down after some."""
    async with FakeNextHop({f"RCPT {B}": "550 5.1.1 No"}) as hop:
        client = client_of(hop)
        await send(client, A, B)
        await send(client, A)
        await client.close()
    assert len(hop.sessions) == 2


async def test_a_next_hop_restarted_between_two_messages_is_not_noticed_by_anybody():
    async with FakeNextHop() as hop:
        client = client_of(hop)
        await send(client)
        await hop.hang_up()
        assert (await send(client)).taken
        await client.close()
    assert len(hop.taken) == 2


@pytest.mark.parametrize("answer", [Act.DROP, Act.RESET, "421 4.4.2 Idle too long"])
async def test_a_used_connection_that_fails_before_any_reply_is_replaced_once(answer):
    async with FakeNextHop({"MAIL": ["250 ok", answer, "250 ok"]}) as hop:
        client = client_of(hop)
        await send(client)
        assert (await send(client)).taken
        await client.close()
    assert (len(hop.sessions), len(hop.taken)) == (2, 2)


async def test_a_used_connection_that_fails_after_a_reply_is_not_replaced():
    async with FakeNextHop({"RCPT": ["250 ok", Act.DROP, "250 ok"]}) as hop:
        client = client_of(hop)
        await send(client)
        with pytest.raises(NextHopError):
            await send(client)
        await client.close()
    assert len(hop.taken) == 1


async def test_the_second_failure_on_a_fresh_connection_is_final():
    async with FakeNextHop({"MAIL": ["250 ok", Act.DROP]}) as hop:
        client = client_of(hop)
        await send(client)
        with pytest.raises(NextHopError):
            await send(client)
        await client.close()
    assert len(hop.sessions) == 2


async def test_words_that_arrive_on_an_idle_connection_make_it_unfit():
    async with FakeNextHop({"DOT": b"250 2.0.0 Ok\r\n250 2.0.0 and more\r\n"}) as hop:
        client = client_of(hop)
        await send(client)
        assert (await send(client)).taken
        await client.close()
    assert len(hop.sessions) == 2


async def test_no_more_connections_than_allowed_are_open_at_one_time():
    async with FakeNextHop() as hop:
        client = client_of(hop, max_connections=3)
        await asyncio.gather(*(send(client, octets=OCTETS * n) for n in range(1, 31)))
        first = await prepare(client)
        others = [await prepare(client), await prepare(client)]
        with pytest.raises(NextHopError):
            await prepare(client, seconds=0.02)
        assert (await first.commit(5)).taken
        await (await prepare(client)).abort()
        for prepared in others:
            await prepared.abort()
        await client.close()
    assert len(hop.taken) == 31
    assert len(hop.sessions) == 3


@pytest.mark.parametrize("features", [("XFORWARD NAME ADDR", "PIPELINING"), ("XFORWARD NAME ADDR",)], ids=len)
@pytest.mark.parametrize("answer", ["250 2.0.0 Ok", "501 5.5.4 Bad NAME"])
async def test_a_message_goes_whatever_the_next_hop_thinks_of_its_origin(features, answer):
    """And the next message on the same connection has an origin of its own, or none."""
    async with FakeNextHop({"XFORWARD": answer}, features=features) as hop:
        client = client_of(hop, tell_origin=True)
        for forwarded in ((("NAME", "spike.example"), ("PORT", "1")), ()):
            assert (await send(client, params=MailParams(forwarded=forwarded))).taken
        await client.close()
    (session,) = hop.sessions
    assert [line for line in session.commands if line.startswith(b"XFORWARD")] == [b"XFORWARD NAME=spike.example"]
    assert session.verbs().index("XFORWARD") < session.verbs().index("MAIL")
    assert len(hop.taken) == 2


async def test_a_next_hop_that_is_not_the_councils_hears_nothing_of_origins():
    """Anybody's server could offer XFORWARD, to learn of the hosts behind us."""
    async with FakeNextHop(features=("XFORWARD NAME ADDR",)) as hop:
        client = client_of(hop)
        assert (await send(client, params=MailParams(forwarded=(("ADDR", "10.1.0.9"),)))).taken
        await client.close()
    assert "XFORWARD" not in hop.verbs()
