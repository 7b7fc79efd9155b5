"""What goes out for a delivery, against a next hop that says how much it takes."""

import base64
import hashlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from dlp_gateway import metrics
from dlp_gateway.act.direct.set_up import set_up_direct
from dlp_gateway.act.dkim_signing import DkimSigner
from dlp_gateway.act.relay import Relay
from dlp_gateway.act.sealing import Sealer
from dlp_gateway.act.wire import NO_REVERSE_PATH, TOO_LARGE, WireMaker
from dlp_gateway.change import USUAL, Changed, Manner, disclaimer_texts
from dlp_gateway.config import Config
from dlp_gateway.config_dkim import Dkim, DkimSignature
from dlp_gateway.config_ways import Route
from dlp_gateway.inspection import make_changes
from dlp_gateway.model import Action, Delivery, Envelope, Message
from dlp_gateway.pool import Pool
from dlp_gateway.recipient_keys import KeyRing
from tests.support.fake_next_hop import FakeNextHop

WORDS = "This mail is from Example Council and meant for you alone."
HEAD = b"From: o@council.example\r\nTo: a@supplier.example\r\nSubject: s\r\nMIME-Version: 1.0\r\n"
MAIL = HEAD + b"Content-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n"
SIGNED = HEAD + b'Content-Type: multipart/signed; boundary="s"\r\n\r\n--s\r\n\r\nx\r\n--s\r\n\r\ny\r\n--s--\r\n'


class InProcess(Pool):
    """A pool whose work is done here: what stands between is tested where the pool is."""

    asked: list[Manner]

    async def change(self, octets: bytes, changes: tuple[str, ...], manner: Manner = USUAL) -> Changed:
        self.asked.append(manner)
        return make_changes(octets, changes, disclaimer_texts({"templates/disclaimer.txt": WORDS}), manner)


@pytest.fixture(scope="module")
def dkim_settings(tmp_path_factory: pytest.TempPathFactory) -> Dkim:
    path = tmp_path_factory.mktemp("keys") / "rsa.pem"
    path.write_bytes(generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(0o600)
    return Dkim(signatures=(DkimSignature(domain="council.example", selector="s", key=path),))


class Stand:
    def __init__(self, hop: FakeNextHop, settings: Dkim | None = None) -> None:
        route = Route(kind="relay", next_hop=f"127.0.0.1:{hop.port}", tls="none")
        config = Config(routes={"relay": route, "secure": route.model_copy(update={"kind": "gateway"})})
        self.pool = InProcess(config.workers, config.times, {}, b"f" * 32)
        self.pool.asked = []
        self.relay = Relay(config, set_up_direct(config))
        self.maker = WireMaker(
            config=config,
            mark_key=b"m" * 32,
            pool=self.pool,
            sealer=Sealer(config, KeyRing),
            signer=DkimSigner.load(settings or Dkim()),
            size_limit=self.relay.size_limit,
        )

    async def made(
        self,
        octets: bytes,
        *,
        reverse_path: str | None = "o@council.example",
        changes: tuple[str, ...] = ("disclaimer",),
    ) -> tuple[bytes, tuple[str, ...]]:
        recipients = ("a@supplier.example",)
        delivery = Delivery(recipients=recipients, action=Action.RELAY, route="relay", changes=changes)
        envelope = Envelope(reverse_path=reverse_path, recipients=recipients)
        at = datetime(2026, 11, 27, tzinfo=UTC)
        wire = await self.maker.make(Message(id="M1", envelope=envelope, octets=octets, received_at=at), delivery)
        return wire.octets, wire.notes


@pytest.fixture
async def stand() -> AsyncIterator[Stand]:
    async with FakeNextHop() as hop:
        made = Stand(hop)
        yield made
        await made.relay.close()


def _counts() -> Iterator[tuple[str, float]]:
    for metric in metrics.disclaimers.collect():
        for sample in metric.samples:
            if sample.name.endswith("_total"):
                yield sample.labels["result"], sample.value


def count(result: str) -> float:
    return dict(_counts()).get(result, 0)


async def test_an_edit_is_counted_and_says_nothing(stand: Stand) -> None:
    before = count("added")
    octets, notes = await stand.made(MAIL)
    assert WORDS.encode() in octets
    assert notes == ()
    assert count("added") == before + 1


@pytest.mark.parametrize(
    ("octets", "reverse_path", "why"),
    [(SIGNED, "o@council.example", "signed"), (MAIL, None, NO_REVERSE_PATH), (b"x", "o@council.example", "ambiguous")],
)
async def test_why_a_message_left_without_its_disclaimer_is_told_and_counted(
    stand: Stand, octets: bytes, reverse_path: str | None, why: str
) -> None:
    before = count(why)
    sent, notes = await stand.made(octets, reverse_path=reverse_path)
    assert sent.endswith(octets)
    assert notes == (why,)
    assert count(why) == before + 1


async def test_without_a_change_nothing_is_counted(stand: Stand) -> None:
    before = dict(_counts())
    octets, notes = await stand.made(SIGNED, changes=())
    assert octets.endswith(SIGNED)
    assert notes == ()
    assert dict(_counts()) == before


LARGE = MAIL + b"line of text\r\n" * 7100


@pytest.mark.parametrize(("spare", "edited"), [(10, False), (100_000, True), (None, True), (-10, False)])
async def test_what_would_grow_beyond_the_next_hops_limit_is_left_alone(
    stand: Stand, spare: int | None, edited: bool
) -> None:
    """Without the disclaimer it arrives; with it, it would be refused (RFC 1870). None: it names no limit."""
    plain, _ = await stand.made(LARGE, changes=())
    limit = "SIZE 0" if spare is None else f"SIZE {len(plain) + spare}"
    async with FakeNextHop(features=(limit,)) as hop:
        made = Stand(hop)
        sent, notes = await made.made(LARGE)
        assert (WORDS.encode() in sent) is edited
        assert notes == (() if edited else (TOO_LARGE,))
        again, _ = await made.made(LARGE)
        assert len(again) == len(sent)
        assert len(hop.sessions) == 1, "asked once, then known"
        await made.relay.close()


async def test_a_next_hop_that_does_not_answer_forbids_no_edit() -> None:
    async with FakeNextHop() as hop:
        made = Stand(hop)
    sent, notes = await made.made(LARGE)
    assert WORDS.encode() in sent
    assert notes == ()


async def test_a_next_hop_that_was_silent_is_not_asked_again_for_a_while() -> None:
    """Else each large message would wait for a next hop that is down. One that greets is known at once."""
    async with FakeNextHop({"CONNECT": "421 4.3.2 busy"}) as hop:
        made = Stand(hop)
        for _ in range(3):
            assert await made.relay.size_limit("relay") is None
        assert len(hop.sessions) == 1
        await made.relay.close()


async def test_small_mail_asks_nobody_for_a_limit(stand: Stand) -> None:
    """64K octets are taken everywhere, and nearly all mail is smaller."""
    async with FakeNextHop(features=("SIZE 1000",)) as hop:
        made = Stand(hop)
        await made.made(MAIL)
        assert hop.sessions == []


UPSTREAM = b"DKIM-Signature: v=1; a=rsa-sha256; d=council.example; s=o; h=from; bh=x; b=y\r\n"


async def test_a_signature_of_others_forbids_the_edit_and_that_is_told(stand: Stand) -> None:
    sent, notes = await stand.made(UPSTREAM + MAIL)
    assert sent.endswith(UPSTREAM + MAIL)
    assert notes == ("DKIM-signed",)


async def test_where_we_sign_the_authors_domain_the_edit_is_made_and_signed_last(dkim_settings: Dkim) -> None:
    """Ours is made over the edited text and stands above everything, the trace too."""
    async with FakeNextHop() as hop:
        made = Stand(hop, dkim_settings)
        sent, notes = await made.made(UPSTREAM + MAIL)
        assert notes == ()
        assert WORDS.encode() in sent
        assert sent.startswith(b"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=council.example;")
        assert sent.index(b"\r\nReceived:") < sent.index(UPSTREAM)
        _, body = dkim.rfc822_parse(sent)
        relaxed = dkim.CanonicalizationPolicy.from_c_value(b"relaxed/relaxed").canonicalize_body(body)
        assert base64.b64encode(hashlib.sha256(relaxed).digest()) in sent


async def test_signed_mail_of_another_author_is_left_alone_although_we_sign_for_ours(dkim_settings: Dkim) -> None:
    async with FakeNextHop() as hop:
        made = Stand(hop, dkim_settings)
        octets = UPSTREAM + MAIL.replace(b"council.example", b"other.example", 1)
        sent, notes = await made.made(octets)
        assert sent.endswith(octets)
        assert not sent.startswith(b"DKIM")
        assert notes == ("DKIM-signed",)


async def test_what_is_left_alone_for_its_size_is_signed_as_it_is(dkim_settings: Dkim) -> None:
    octets = LARGE
    async with FakeNextHop(features=("SIZE 99900",)) as hop:
        made = Stand(hop, dkim_settings)
        sent, notes = await made.made(octets)
        assert sent.startswith(b"DKIM-Signature: ")
        assert sent.endswith(octets)
        assert notes == (TOO_LARGE,)
        await made.relay.close()


async def test_policy_may_have_signed_mail_wrapped(stand: Stand) -> None:
    """The copy has its disclaimer then: it is counted as added, and the record says how."""
    stand.maker.manner = Manner(wrap=True)
    before = count("added")
    sent, notes = await stand.made(SIGNED)
    assert sent.count(SIGNED) == 1
    assert WORDS.encode() in sent
    assert notes == ("sent inside another message: signed",)
    assert count("added") == before + 1
