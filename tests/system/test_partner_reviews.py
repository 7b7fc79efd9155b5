"""Owners and administrators hear of partners that are due or expired, through a gateway that runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from tests.support.fake_next_hop import FakeNextHop
from tests.support.gateway_process import running_gateway
from tests.support.hop_thread import running_hop, wait_for

OWNER, ADMINISTRATOR, STRANGER = "jo@council.example", "admin@council.example", "owner@elsewhere.example"


def registry() -> str:
    """One entry due, one in grace, one expired, and one that a stranger owns."""
    today = datetime.now(UTC).date()
    entries = [
        ("acme", OWNER, today + timedelta(20)),
        ("bolt", OWNER, today - timedelta(3)),
        ("cask", OWNER, today - timedelta(40)),
        ("dune", STRANGER, today + timedelta(5)),
    ]
    lines = [
        f"  - {{id: {name}, domains: [{name}.example], organisation: {name.title()} Ltd, basis: statutory,"
        f" owner: {owner}, may_receive: [name], valid_from: 2024-01-01, review_by: {day}}}\n"
        for name, owner, day in entries
    ]
    return "partners:\n" + "".join(lines)


def told(relay: FakeNextHop, address: str) -> str:
    """The plain text of the one mail to this address."""
    (taken,) = wait_for(relay, address)
    assert b"<>" in taken.mail
    parsed = BytesParser(policy=policy.default).parsebytes(taken.octets)
    assert isinstance(parsed, EmailMessage)
    assert str(parsed["Subject"]).startswith("Partners to review: Cask Ltd and ")
    body = parsed.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_each_is_told_once_of_all_that_concerns_them(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "partners.yaml").write_text(registry(), encoding="utf-8")
    with running_hop() as relay:
        ways = {
            "relay": {"kind": "relay", "next_hop": f"127.0.0.1:{relay.port}", "tls": "none"},
            "secure": {"kind": "gateway", "next_hop": f"127.0.0.1:{relay.port}", "tls": "none"},
        }
        partners = {"administrators": [ADMINISTRATOR]}
        with running_gateway(tmp_path / "gateway", ways, rules=str(rules), partners=partners) as gateway:
            text = told(relay, OWNER)
            expired, rest = text.split("These are past their date for review")
            in_grace, due = rest.split("These are due for review:")
            assert "Cask Ltd (cask): worked until" in expired
            assert "Bolt Ltd (bolt): works until" in in_grace
            assert "Acme Ltd (acme): to be reviewed by" in due
            assert "dune" not in text
            assert "Dune Ltd (dune)" in told(relay, ADMINISTRATOR)
            gateway.stop()
            gateway.start()
            verbs = dict(gateway.rows("SELECT verb, count(*) FROM store_audit GROUP BY verb"))
            assert (verbs["partners:expired"], verbs["partners:due"]) == (1, 3)
        assert len(relay.taken) == 2, "nobody else is told, nobody twice"
