"""A gateway, its console and a browser, made once; each test sends a mail of its own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy as mail_policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.support.client_mail import SENSITIVE, mail, send
from tests.support.console_process import running_console
from tests.support.fake_next_hop import FakeNextHop
from tests.support.gateway_process import GatewayProcess, running_gateway
from tests.support.hop_thread import running_hop, taken_for
from tests.support.ports import free_port
from tests.support.waiting import BROWSER_MS, wait_until

REFUSED = "refused@nobody.example"
HOUSING = "lettings@riverside-homes.example"
AT_RISK = (
    "Dear colleague, Mrs Edith Crowe, NHS number 943 476 5919, was strangled by her husband last night and he has "
    "threatened to kill her. A safeguarding referral was made. She needs the flat today.\r\n"
)
SENDER_MAY = "  - id: unapproved-high\n    release_by: [reviewer, sender]\n"
WELSH_TEAM = "  cymraeg: {addresses: ['cy.*@council.example'], notice_languages: [cy, en]}\n"
BROWSER_OPTIONS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

LINK = re.compile(r"https?://[^\s)]+/sender/[^\s)]+/")
_CODE = re.compile(r"Your code is (\d+)")


@dataclass(frozen=True, slots=True)
class Stand:
    """The whole of it. `url` is where the console answers."""

    gateway: GatewayProcess
    relay: FakeNextHop
    secure: FakeNextHop
    url: str

    def hold(self, name: str, *recipients: str, author: str, text: str = SENSITIVE) -> str:
        """Send a mail that is held, and answer the link in the notice to its author."""
        octets = mail(name, text, to=recipients[0]).replace(b"officer@council.example", author.encode(), 1)
        assert send(self.gateway.port, octets, *recipients, reverse_path=author).code == 250
        text = wait_until(lambda: self.mail_to(author, "NOT SENT"), f"the notice to {author}")
        found = LINK.search(text)
        assert found is not None, text
        return found[0]

    def mails_to(self, address: str, subject: str) -> list[str]:
        """Plain texts of the mails to this address with these words in the subject, oldest first."""
        return self._mails_to(address, subject, "plain")

    def mails_html_to(self, address: str, subject: str) -> list[str]:
        """The same mails as HTML."""
        return self._mails_to(address, subject, "html")

    def _mails_to(self, address: str, subject: str, kind: Literal["plain", "html"]) -> list[str]:
        found = []
        for taken in taken_for(self.relay, address):
            parsed = BytesParser(policy=mail_policy.default).parsebytes(taken.octets)
            assert isinstance(parsed, EmailMessage)
            body = parsed.get_body((kind,))
            if subject in str(parsed["Subject"]) and body is not None:
                found.append(str(body.get_content()))
        return found

    def mail_to(self, address: str, subject: str) -> str:
        """The newest of them, "" while there is none."""
        return next(reversed(self.mails_to(address, subject)), "")

    def code_for(self, author: str, count: int = 1) -> str:
        """The code in the newest mail with one, once so many came."""
        wait_until(lambda: len(self.mails_to(author, "Your code")) >= count, f"a code for {author}")
        found = _CODE.search(self.mail_to(author, "Your code"))
        assert found is not None
        return found[1]

    def sign_in(self, page: Page, link: str, author: str) -> None:
        """Open the link and sign in as its author does."""
        already = len(self.mails_to(author, "Your code"))
        page.goto(link)
        page.get_by_role("button", name="E-mail me a code").click()
        page.get_by_label("Code").fill(self.code_for(author, already + 1))
        page.get_by_role("button", name="Sign in").click()

    def change_rules(self) -> None:
        """Put a new version of the registry in force, which the console sees at once."""
        ran = self.gateway.run("partners", "edit", "example-hospitals", "--purpose", "wards", "--reason", "for a test")
        assert ran.returncode == 0, ran.stderr

    def audit(self, message_id: str) -> list[tuple[str, str]]:
        """(verb, actor) of every entry about a message, in the order they were written."""
        rows = self.gateway.rows(f"SELECT verb, actor FROM store_audit WHERE message_id = '{message_id}' ORDER BY at")
        return [(str(verb), str(actor)) for verb, actor in rows]


def message_of(link: str) -> str:
    """The message id in a link."""
    return link.split("/sender/")[1].split(".", maxsplit=1)[0]


@pytest.fixture(scope="session")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    folder = tmp_path_factory.mktemp("console")
    rules = folder / "rules"
    rules.mkdir()
    shutil.copy(Path(__file__).parents[2] / "rules" / "policy.yaml", rules)
    policy = rules / "policy.yaml"
    policy.write_text(policy.read_text("utf-8").replace("  - id: unapproved-high\n", SENDER_MAY), encoding="utf-8")
    senders = Path(shutil.copy(Path(__file__).parents[2] / "rules" / "senders.yaml", rules))
    senders.write_text(senders.read_text("utf-8") + WELSH_TEAM, encoding="utf-8")
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    script = {f"RCPT {REFUSED}": "550 5.1.1 No such mailbox"}
    with running_hop() as relay, running_hop(script) as secure:
        ways = {
            "relay": {"kind": "relay", "next_hop": f"127.0.0.1:{relay.port}", "tls": "none"},
            "secure": {"kind": "gateway", "next_hop": f"127.0.0.1:{secure.port}", "tls": "none"},
        }
        smtp_port = free_port()
        listeners = {
            "smtp": [{"host": "127.0.0.1", "port": smtp_port}],
            "health": {"enabled": False},
            "console": {"port": port},
        }
        sections = {"rules": str(rules), "console": {"url": url}, "listeners": listeners}
        sections |= {"exact_match": {"folder": "exact-match"}}
        with running_gateway(folder / "gateway", ways, **sections) as gateway:
            gateway.port = smtp_port
            with running_console(gateway):
                yield Stand(gateway, relay, secure, url)


@pytest.fixture(scope="module")
def playwright_driver() -> Iterator[Playwright]:
    """Ends with its module: while it runs, no test may run a loop of its own."""
    expect.set_options(timeout=BROWSER_MS)
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def browser(playwright_driver: Playwright) -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    assert chromium is not None, "deploy/system-packages test installs it"
    browser = playwright_driver.chromium.launch(executable_path=chromium, args=BROWSER_OPTIONS)
    yield browser
    browser.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a browser that runs no script, in a context of its own; what it complains about fails the test."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 900})
    context.set_default_timeout(BROWSER_MS)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert [line for line in complaints if "Content Security Policy" in line or "Refused" in line] == []
