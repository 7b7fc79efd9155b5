"""Notices in Welsh by configuration, through a gateway that runs."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

from dlp_gateway.rules_folder import load_texts
from tests.support.client_mail import OFFICER, SENSITIVE, STRANGER, mail, send
from tests.support.fake_next_hop import FakeNextHop
from tests.support.gateway_process import running_gateway
from tests.support.hop_thread import running_hop, wait_for

TEAM = "tim@council.example"
GROUP = f"  cymraeg: {{addresses: [{TEAM}], notice_languages: [cy]}}\n"
WORDS = 'msgid "an NHS number"\nmsgstr "rhif y GIG"\n'
SECRET = "943 476 5919"


def told(relay: FakeNextHop, address: str) -> tuple[str, str]:
    """Subject and plain text of the one mail to this address."""
    (taken,) = wait_for(relay, address)
    parsed = BytesParser(policy=policy.default).parsebytes(taken.octets)
    assert isinstance(parsed, EmailMessage)
    body = parsed.get_body(("plain",))
    assert body is not None
    return str(parsed["Subject"]), str(body.get_content())


def test_both_languages_in_one_mail_a_teams_own_and_the_councils_own_words(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    (rules / "languages").mkdir(parents=True)
    (rules / "languages" / "cy.po").write_text(WORDS, encoding="utf-8")
    (rules / "senders.yaml").write_text(load_texts(None)["senders.yaml"] + GROUP, encoding="utf-8")
    with running_hop() as relay, running_hop() as secure:
        ways = {
            "relay": {"kind": "relay", "next_hop": f"127.0.0.1:{relay.port}", "tls": "none"},
            "secure": {"kind": "gateway", "next_hop": f"127.0.0.1:{secure.port}", "tls": "none"},
        }
        notices = {"languages": ["cy", "en"]}
        with running_gateway(tmp_path / "gateway", ways, rules=str(rules), notices=notices) as gateway:
            assert send(gateway.port, mail("both", SENSITIVE, to=STRANGER), STRANGER).code == 250
            subject, text = told(relay, OFFICER)
            assert subject == (
                f"HEB EI HANFON at {STRANGER}: yn aros am wiriad / NOT SENT to {STRANGER}: waiting for a check"
            )
            welsh, english = text.split("* * *")
            assert welsh.startswith("English below")
            assert "\n- Mae'r neges hon yn datgelu data (hunaniaeth), neu fanylion sawl person." in welsh
            assert "\n- rhif y GIG, yn nhestun y neges" in welsh
            assert "\n- This mail tells identity data" in english
            assert "\n- an NHS number, in the text of the message" in english
            assert SECRET not in text

            octets = mail("team", SENSITIVE, to=STRANGER).replace(OFFICER.encode(), TEAM.encode(), 1)
            assert send(gateway.port, octets, STRANGER, reverse_path=TEAM).code == 250
            subject, text = told(relay, TEAM)
            assert subject == f"HEB EI HANFON at {STRANGER}: yn aros am wiriad"
            assert "NOT SENT" not in text

            shown = gateway.run("holds", "list").stdout
            assert "This mail tells identity data" in shown, "reviewers read English"
            assert "Mae'r neges" not in shown


def test_without_a_word_in_the_configuration_all_is_english(tmp_path: Path) -> None:
    with running_hop() as relay:
        ways = {
            "relay": {"kind": "relay", "next_hop": f"127.0.0.1:{relay.port}", "tls": "none"},
            "secure": {"kind": "gateway", "next_hop": f"127.0.0.1:{relay.port}", "tls": "none"},
        }
        with running_gateway(tmp_path / "gateway", ways) as gateway:
            assert send(gateway.port, mail("english", SENSITIVE, to=STRANGER), STRANGER).code == 250
            subject, text = told(relay, OFFICER)
            assert subject == f"NOT SENT to {STRANGER}: waiting for a check"
            assert "HEB EI HANFON" not in text
            ((reasons,),) = gateway.rows("SELECT reasons_cy FROM store_delivery WHERE kind = 'hold'")
            assert reasons == "[]", "what nobody reads is not kept"
