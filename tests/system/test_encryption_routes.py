"""A whole gateway whose encrypting routes lead to recipients' own servers, or to recipients' own keys."""

from __future__ import annotations

import asyncio
import gzip
import json
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from dlp_gateway.config import Store as StoreSettings
from dlp_gateway.keys import load_keys
from dlp_gateway.secure_way import TlsCount
from dlp_gateway.store import Store
from tests.support.certificates import make_authority, public_key_hash
from tests.support.client_mail import COLLEAGUE, mail, send
from tests.support.encryption_keys import Gpg, rsa_key, smime_key
from tests.support.fake_next_hop import FakeNextHop
from tests.support.gateway_process import GatewayProcess, make_gateway, running_gateway
from tests.support.hop_thread import running_hop, taken_for, wait_for
from tests.support.name_lab import name_lab
from tests.support.ports import free_port
from tests.support.waiting import wait_until

ADMINISTRATOR = "admin@council.example"
SECRET = "The tender of Marmalade Bridges is the lowest. Please keep this to yourselves.\r\n"
GOOD, BAD = "anna@good.safe", "ben@bad.safe"
YESTERDAY = (datetime.now(UTC) - timedelta(days=1)).date()


def relay_route(hop: FakeNextHop) -> dict[str, object]:
    return {"kind": "relay", "next_hop": f"127.0.0.1:{hop.port}", "tls": "none"}


@dataclass(frozen=True, kw_only=True)
class Street:
    """A gateway, the ordinary next hop, and the servers of two domains, of which the second is not what DNS says."""

    gateway: GatewayProcess
    relay: FakeNextHop
    good: FakeNextHop
    bad: FakeNextHop


@pytest.fixture(scope="module")
def street(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    folder = tmp_path_factory.mktemp("street")
    authority = make_authority(folder)
    port = free_port()
    records, contexts = [], {}
    for number, domain in enumerate(("good.safe", "bad.safe"), 1):
        host = f"mx.{domain}"
        files, _ = authority.server_files(host, self_signed=True)
        own = x509.load_pem_x509_certificate(files.read_bytes())
        key = public_key_hash(own) if domain == "good.safe" else "ab" * 32
        contexts[domain] = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        contexts[domain].load_cert_chain(files)
        records += [f"{domain}. 60 IN MX 10 {host}.", f"{host}. 60 IN A 127.0.9.{number}"]
        records.append(f"_{port}._tcp.{host}. 60 IN TLSA 3 1 1 {key}")
    records += ["unproven.plain. 60 IN MX 10 mx.unproven.plain.", "mx.unproven.plain. 60 IN A 127.0.9.3"]
    records.append('_smtp._tls.good.safe. 60 IN TXT "v=TLSRPTv1; rua=mailto:tls@reports.good.safe"')
    with (
        name_lab(folder / "names", records) as resolver,
        running_hop() as relay,
        running_hop(tls=contexts["good.safe"], host="127.0.9.1", port=port) as good,
        running_hop(tls=contexts["bad.safe"], host="127.0.9.2", port=port) as bad,
    ):
        gateway = make_gateway(
            folder / "gateway",
            {"relay": relay_route(relay), "secure": {"kind": "tls"}},
            direct={"resolvers": [resolver], "private_addresses": True, "port": port},
            partners={"administrators": [ADMINISTRATOR]},
        )
        _count_yesterday(gateway)
        gateway.start()
        try:
            yield Street(gateway=gateway, relay=relay, good=good, bad=bad)
        finally:
            gateway.stop()


def _count_yesterday(gateway: GatewayProcess) -> None:
    """As if a gateway had run yesterday."""
    settings = StoreSettings(url=f"sqlite:///{gateway.folder / 'gateway.db'}", spool=gateway.folder / "spool")
    store = Store.open(settings, load_keys(gateway.folder / "keys"), gateway_id="yesterday", role="cli")
    count = TlsCount(
        day=YESTERDAY,
        domain="good.safe",
        policy_type="tlsa",
        policy=("3 1 1 abab",),
        server="mx.good.safe",
        address="127.0.9.1",
        result="",
        sessions=7,
    )
    asyncio.run(store.tls.count([count]))
    store.close()


def secure_mail(name: str, to: str) -> bytes:
    """What its author asks to have encrypted."""
    return mail(name, SECRET, subject="[secure] as agreed", to=to)


def test_mail_that_must_be_encrypted_goes_straight_to_the_server_that_proves_itself(street: Street) -> None:
    assert send(street.gateway.port, secure_mail("straight", GOOD), GOOD).code == 250
    taken = next(t for t in wait_for(street.good, GOOD) if b"<straight@" in t.octets)
    assert SECRET.encode() in taken.octets
    assert not [c for s in street.good.sessions for c in s.clear_commands if c.startswith(b"MAIL")]
    assert not taken_for(street.relay, GOOD)
    wait_until(
        lambda: "TLS proven by DANE" in str(street.gateway.rows("SELECT dispositions FROM store_message")),
        "the record to say by what it was proven",
    )


def test_mail_to_a_domain_without_proof_is_held_and_its_author_is_told_why(street: Street) -> None:
    """The colleague beside it gets theirs, and hears nothing of it."""
    stranger = "cleo@unproven.plain"
    assert send(street.gateway.port, secure_mail("unproven", stranger), stranger, COLLEAGUE).code == 250
    assert [t for t in wait_for(street.relay, COLLEAGUE) if b"<unproven@" in t.octets]
    assert not taken_for(street.relay, stranger)
    (notice,) = [t for t in wait_for(street.relay, "officer@council.example") if b"unproven" in t.octets]
    text = message_from_bytes(notice.octets, policy=policy.default).get_body(("plain",))
    assert text is not None
    words = " ".join(text.get_content().split())
    assert "nothing proves that it would reach the recipient’s mail servers encrypted: held" in words
    assert "Marmalade" not in words


def test_a_mistyped_domain_is_told_at_once(street: Street) -> None:
    nobody = "dora@godo.safe"
    before = len(street.gateway.held())
    assert send(street.gateway.port, secure_mail("mistyped", nobody), nobody).code == 250
    assert len(street.gateway.held()) == before + 1
    reasons = street.gateway.rows("SELECT reasons FROM store_delivery WHERE kind = 'hold' ORDER BY created_at DESC")
    assert "does not exist: please check the address" in reasons[0][0]


def test_a_server_that_is_not_the_promised_one_gets_nothing_and_administrators_hear_of_it(street: Street) -> None:
    assert send(street.gateway.port, secure_mail("wrong", BAD), BAD).code == 250
    (alarm,) = wait_for(street.relay, ADMINISTRATOR)
    mail_ = message_from_bytes(alarm.octets, policy=policy.default)
    assert mail_["Subject"] == "Encrypted e-mail does not get through: bad.safe"
    body = mail_.get_body(("plain",))
    assert body is not None
    assert "bad.safe: the certificate of its server is not the one that was promised" in " ".join(
        body.get_content().split()
    )
    assert "MAIL" not in street.bad.verbs()
    assert not taken_for(street.relay, BAD)


def test_a_domain_gets_the_report_of_yesterday_once(street: Street) -> None:
    (taken,) = wait_for(street.relay, "tls@reports.good.safe")
    report = message_from_bytes(taken.octets, policy=policy.default)
    assert report["TLS-Report-Domain"] == "good.safe"
    (attached,) = report.iter_attachments()
    told = json.loads(gzip.decompress(attached.get_content()))
    assert told["date-range"]["start-datetime"] == f"{YESTERDAY.isoformat()}T00:00:00Z"
    assert told["policies"][0]["summary"]["total-successful-session-count"] == 7
    street.gateway.stop()
    street.gateway.start()
    street.gateway.run("tls", "good.safe")  # takes longer than a gateway needs to look
    assert len(taken_for(street.relay, "tls@reports.good.safe")) == 1


def test_what_is_released_goes_the_same_way(street: Street) -> None:
    """A reviewer lifts what held it, never the encryption."""
    password = "The password of the alarm is Marmalade-7.\r\n"
    octets = mail("released", password, subject="[secure] as agreed", to=GOOD)
    before = set(street.gateway.held())
    assert send(street.gateway.port, octets, GOOD).code == 250
    (held,) = set(street.gateway.held()) - before
    released = street.gateway.run("holds", "release", held, "--reason", "checked with the author")
    assert released.returncode == 0, released.stderr
    taken = wait_until(lambda: [t for t in taken_for(street.good, GOOD) if b"<released@" in t.octets], "the release")
    assert b"Marmalade-7" in taken[0].octets
    assert not taken_for(street.relay, GOOD)


def test_dlp_gateway_tls_says_how_a_domain_stands(street: Street) -> None:
    good = street.gateway.run("tls", "good.safe")
    assert (good.returncode, good.stderr) == (0, "")
    assert "good.safe: mail goes to mx.good.safe, proven by DANE" in good.stdout
    bad = street.gateway.run("tls", "unproven.plain", "nobody.safe", "--json")
    assert bad.returncode == 1
    assert [json.loads(line)["fault"] for line in bad.stdout.splitlines()] == ["unproven", "no_domain"]


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("people")


def test_smime_each_recipient_gets_a_copy_that_they_alone_can_read(people: Path, tmp_path: Path) -> None:
    """With the subject hidden. Who has no key is held, and nobody learns of the others."""
    jo, kim = (smime_key(people, name, rsa_key()) for name in ("jo", "kim"))
    without = "lee@partner.example"
    with running_hop() as hop:
        sealing = {"kind": "smime", "protect_subject": True}
        routes = {"relay": relay_route(hop), "keys": sealing}
        with running_gateway(tmp_path / "g", routes, default_encrypt_route="keys") as gateway:
            for name, key in (("jo", jo), ("kim", kim)):
                fingerprint = _fingerprint(key.certificate)
                added = gateway.run(
                    *("keys", "add", str(key.certificate), "--for", f"{name}@partner.example"),
                    *("--trust", fingerprint, "--reason", "read to us on the telephone"),
                )
                assert added.returncode == 0, added.stderr
            recipients = ("jo@partner.example", "kim@partner.example", without)
            wait_until(lambda: '"keys": 2' in gateway.log(), "both keys to be taken up")
            assert send(gateway.port, secure_mail("sealed", "jo@partner.example"), *recipients).code == 250
            for key, recipient, other in ((jo, recipients[0], kim), (kim, recipients[1], jo)):
                (taken,) = wait_for(hop, recipient)
                assert len(taken.rcpts) == 1
                assert b"Marmalade" not in taken.octets
                assert b"as agreed" not in taken.octets
                assert not other.opens(taken.octets)
                inner = message_from_bytes(key.decrypt(taken.octets), policy=policy.default)
                text = inner.get_body(("plain",))
                assert text is not None
                assert text.get_content().startswith(SECRET.strip())
                assert inner["Subject"] == "[secure] as agreed"
            assert not taken_for(hop, without)
            assert len(gateway.held()) == 1


def test_openpgp_a_message_reaches_its_recipient_signed_and_encrypted(people: Path, tmp_path: Path) -> None:
    gpg = Gpg(people / "gpg")
    recipient = gpg.make("mo", "future-default", "default", "never")
    council = gpg.make("council", "ed25519", "sign", "never")
    (tmp_path / "mo.asc").write_bytes(gpg.certificate(recipient))
    secret = tmp_path / "council.key"
    secret.write_bytes(gpg.secret(council))
    secret.chmod(0o400)
    with running_hop() as hop:
        routes = {"relay": relay_route(hop), "keys": {"kind": "openpgp", "sign": True}}
        signing = {"openpgp_key": str(secret)}
        with running_gateway(tmp_path / "g", routes, default_encrypt_route="keys", signing=signing) as gateway:
            added = gateway.run(
                *("keys", "add", str(tmp_path / "mo.asc"), "--for", "mo@partner.example"),
                *("--trust", recipient, "--reason", "given at the meeting"),
            )
            assert added.returncode == 0, added.stderr
            wait_until(lambda: '"keys": 1' in gateway.log(), "the key to be taken up")
            sent = send(gateway.port, secure_mail("pgp", "mo@partner.example"), "mo@partner.example")
            assert sent.code == 250
            (taken,) = wait_for(hop, "mo@partner.example")
    assert b"Marmalade" not in taken.octets
    outer = message_from_bytes(taken.octets, policy=policy.default)
    assert outer.get_content_type() == "multipart/encrypted"
    content, status = gpg.decrypt(list(outer.iter_parts())[1].get_content())
    assert message_from_bytes(content, policy=policy.default).get_content().startswith(SECRET.strip())
    assert "GOODSIG" in status
    assert council[-16:].upper() in status


def _fingerprint(certificate: Path) -> str:
    return x509.load_pem_x509_certificate(certificate.read_bytes()).fingerprint(hashes.SHA256()).hex()
