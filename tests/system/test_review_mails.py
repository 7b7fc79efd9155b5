"""Reviewers hear by mail of what waits and of what nobody decided in time, through a gateway that is started again."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from email import policy
from email.parser import BytesParser
from pathlib import Path

from tests.support.client_mail import SENSITIVE, mail, send
from tests.support.gateway_process import GatewayProcess, running_gateway
from tests.support.hop_thread import running_hop, wait_for
from tests.support.waiting import wait_until

OUTSIDE, AUTHOR = "a.stranger@nobody.example", "officer@council.example"
LEAD, DUTY = "information.governance@council.example", "duty.team@council.example"
SHIPPED = Path(__file__).parents[2] / "rules" / "reviewers.yaml"


def as_if_held(gateway: GatewayProcess, since: datetime) -> None:
    """Its clock began then."""
    connection = sqlite3.connect(gateway.folder / "gateway.db")
    with connection:
        connection.execute(
            "UPDATE store_delivery SET created_at = ? WHERE kind = 'hold'", [f"{since:%Y-%m-%d %H:%M:%S}"]
        )
    connection.close()


def test_each_mail_goes_once_and_tells_nothing_of_the_message(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    now = datetime.now(UTC)
    slot = now if now.hour or now.minute else now.replace(minute=1)
    own = f'always"\n    digest_times: ["{slot:%H:%M}"]'
    text = SHIPPED.read_text(encoding="utf-8").replace('Mon-Fri 08:30-17:30"', own, 1)
    (rules / "reviewers.yaml").write_text(text, encoding="utf-8")
    sections = {
        "rules": str(rules),
        "council": {"time_zone": "UTC"},
        "console": {"url": "https://console.council.example"},
        "reviews": {"digest_times": []},
    }
    with running_hop() as relay:
        ways = {
            "relay": {"kind": "relay", "next_hop": f"127.0.0.1:{relay.port}", "tls": "none"},
            "secure": {"kind": "gateway", "next_hop": f"127.0.0.1:{relay.port}", "tls": "none"},
        }
        with running_gateway(tmp_path / "gateway", ways, **sections) as gateway:
            octets = mail("Crowe tenancy", SENSITIVE, to=OUTSIDE)
            assert send(gateway.port, octets, OUTSIDE, reverse_path=AUTHOR).code == 250
            wait_until(gateway.held, "the message to be held")
            gateway.stop()
            as_if_held(gateway, now - timedelta(days=2))
            gateway.start()
            digest, escalation = wait_for(relay, LEAD)[0], wait_for(relay, DUTY)[0]
            gateway.stop()
            gateway.start()
            (held,) = gateway.held()
            rows = gateway.rows(f"SELECT escalated_to FROM store_delivery WHERE id = '{held}'")
            assert rows == [("duty-team",)]
            verbs = dict(gateway.rows("SELECT verb, count(*) FROM store_audit GROUP BY verb"))
            assert (verbs["held:escalated"], verbs["digest:sent"]) == (1, 1)
    for taken, subject, link in (
        (digest, "Held e-mail for information-governance: 1 waits", "held?group=information-governance"),
        (escalation, "Held e-mail escalated to duty-team: 1 waits", "held?show=escalated"),
    ):
        assert b"<>" in taken.mail
        parsed = BytesParser(policy=policy.default).parsebytes(taken.octets)
        assert parsed["Subject"] == subject
        body = parsed.get_body(("plain",)).get_content()
        assert f"https://console.council.example/{link}" in body
        for secret in ("Crowe", OUTSIDE, AUTHOR, "943 476", "NHS"):
            assert secret not in body, secret
    assert len([one for one in relay.taken if DUTY.encode() in b"".join(one.rcpts)]) == 1
