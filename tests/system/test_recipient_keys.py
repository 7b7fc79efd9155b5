"""Recipients' keys through a gateway that runs: taken up from the command line, counted, told of."""

from __future__ import annotations

from email import policy
from email.parser import BytesParser
from pathlib import Path

from tests.support.gateway_process import running_gateway
from tests.support.hop_thread import running_hop, wait_for
from tests.support.mail_certificates import JO, MailAuthorities, pem

ADMINISTRATOR = "admin@council.example"


def test_a_key_that_ends_soon_is_told_of_by_the_gateway_that_takes_it_up(tmp_path: Path) -> None:
    authorities = MailAuthorities()
    (tmp_path / "roots.pem").write_bytes(authorities.root.pem)
    leaf = authorities.mail.issue(days=(-1, 20))
    (tmp_path / "jo.pem").write_bytes(pem(leaf, authorities.mail.certificate))
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "partners.yaml").write_text("partners: []\n", encoding="utf-8")  # nobody is told of anything else
    with running_hop() as relay:
        ways = {
            "relay": {"kind": "relay", "next_hop": f"127.0.0.1:{relay.port}", "tls": "none"},
            "secure": {"kind": "gateway", "next_hop": f"127.0.0.1:{relay.port}", "tls": "none"},
        }
        sections = {
            "partners": {"administrators": [ADMINISTRATOR]},
            "rules": str(rules),
            "recipient_keys": {"authorities": str(tmp_path / "roots.pem")},
        }
        with running_gateway(tmp_path / "gateway", ways, **sections) as gateway:
            added = gateway.run("keys", "add", str(tmp_path / "jo.pem"), "--for", JO, "--reason", "told by telephone")
            assert added.returncode == 0, added.stderr
            (taken,) = wait_for(relay, ADMINISTRATOR)
            assert "keys:taken_up" in gateway.log()
            verbs = dict(gateway.rows("SELECT verb, count(*) FROM store_audit GROUP BY verb"))
            assert (verbs["keys:trusted"], verbs["keys:due"]) == (1, 1)
    parsed = BytesParser(policy=policy.default).parsebytes(taken.octets)
    assert parsed["Subject"] == f"Keys for encryption that end: {JO}"
    assert JO not in gateway.log(), "logs hold no address"
