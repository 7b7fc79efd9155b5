"""What a gateway that runs adds to mail and signs, and what it records where it adds nothing."""

from __future__ import annotations

import base64
import json
import os
import signal
from pathlib import Path

import dkim
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from tests.support.client_mail import COLLEAGUE, SENSITIVE, STRANGER, SUPPLIER, mail, send
from tests.support.gateway_process import running_gateway
from tests.support.hop_thread import running_hop
from tests.support.waiting import wait_until

MARKER = b"This email and any attachments come from"
QUOTED = (
    f"Thank you.\r\n\r\n> {MARKER.decode()} Example Council\r\n"
    "> and are meant only for the people they are addressed to.\r\n"
)
UPSTREAM = "v=1; a=rsa-sha256; d=council.example; s=o; h=from; bh=x; b=y"
RULES = Path(__file__).parents[2] / "rules"


def test_mail_is_edited_then_signed_and_the_record_says_what_was_left_out(tmp_path: Path) -> None:
    """Verified by another library, with the record that DNS would have."""
    key = generate_private_key(65537, 2048)
    path = tmp_path / "dkim.pem"
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    path.chmod(0o600)
    public = base64.b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    rules = tmp_path / "rules"
    rules.mkdir()
    signing = {"signatures": [{"domain": "council.example", "selector": "s", "key": str(path)}]}
    with running_hop() as hop:
        route = {"kind": "relay", "next_hop": f"127.0.0.1:{hop.port}", "tls": "none"}
        ways = {"relay": route, "secure": route | {"kind": "gateway"}}
        with running_gateway(tmp_path / "gateway", ways, dkim=signing, rules=str(rules)) as gateway:

            def sent(name: str, text: str = "Hello.\r\n", to: str = SUPPLIER, **fields: str) -> bytes:
                seen = len(hop.taken)
                assert send(gateway.port, mail(name, text, to=to, **fields), to).code == 250
                wait_until(lambda: len(hop.taken) > seen, "the mail at the next hop")
                return bytes(hop.taken[-1].octets)

            def verifies(octets: bytes) -> bool:
                return bool(dkim.verify(octets, dnsfunc=lambda name, timeout=5: b"v=DKIM1; k=rsa; p=" + public))

            outside = sent("outside", DKIM_Signature=UPSTREAM)
            assert outside.count(MARKER) == 1
            assert verifies(outside)
            assert not verifies(outside.replace(b"Hello.", b"Hullo."))
            inside = sent("inside", to=COLLEAGUE)
            assert MARKER not in inside
            assert verifies(inside)

            assert sent("quoted", QUOTED).count(MARKER) == 1, "once in a thread"
            policy = (RULES / "policy.yaml").read_text()
            (rules / "policy.yaml").write_text(policy.replace("{once: anywhere", "{once: new-text"))
            assert gateway.process is not None
            os.kill(gateway.process.pid, signal.SIGHUP)
            wait_until(lambda: "rules:reloaded" in gateway.log(), "the rules taken up")
            again = sent("quoted-again", QUOTED)
            assert again.count(MARKER) == 2, "the quoted one and a new one"
            assert verifies(again)

            told = len(hop.taken)
            held = mail("held", SENSITIVE, to=STRANGER)
            assert send(gateway.port, held, STRANGER).code == 250
            wait_until(lambda: len(hop.taken) > told, "the notice to the author")
            assert b"Auto-Submitted" in hop.taken[-1].octets
            assert verifies(bytes(hop.taken[-1].octets))

            invited = sent("invited", "BEGIN:VCALENDAR\r\n", Content_Type="text/calendar; method=REQUEST")
            assert MARKER not in invited
            assert verifies(invited)
            wait_until(lambda: "calendar" in str(gateway.rows("SELECT dispositions FROM store_message")), "the record")
            ((kept,),) = gateway.rows("SELECT dispositions FROM store_message WHERE dispositions LIKE '%calendar%'")
            assert [(d["recipient"], d["notes"]) for d in json.loads(kept)] == [(SUPPLIER, ["calendar"])]
