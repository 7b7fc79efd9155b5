"""A reviewer releases held mail encrypted, or without an attachment: first what would become of it, then a reason."""

from __future__ import annotations

from email import policy
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import LINK, Stand, message_of
from tests.console.test_accessibility import look
from tests.console.test_api import ask, new_token
from tests.console.test_questions import held_of
from tests.support.client_mail import SENSITIVE, send
from tests.support.hop_thread import taken_for, wait_for
from tests.support.staff import Client, account, add_accounts, signed_in
from tests.support.staff_browser import context_of
from tests.support.waiting import wait_until

LEAD = "information.governance@council.example"
REASON = "They need the letter, and not the list."
FILE = "Residents of Elm Court.txt"


@pytest.fixture(scope="module")
def releaser(stand: Stand) -> Client:
    add_accounts(stand.gateway, [account("otherwise", "reviewer", email=LEAD)])
    return signed_in(stand.url, "otherwise")


def hold_with_file(stand: Stand, name: str, author: str, taker: str, *head: tuple[str, str]) -> str:
    """Send a mail that its attachment alone has held; answers its link."""
    mail = EmailMessage(policy=policy.SMTP)
    for field, value in (*head, ("From", author), ("To", taker), ("Subject", "The letter")):
        mail[field] = value
    mail["Message-ID"] = f"<{name}@council.example>"
    mail.set_content("The letter that you asked for is attached.\n")
    mail.add_attachment(SENSITIVE, filename=FILE)
    mail.add_attachment(b"%PDF-1.4\n%%EOF\n", maintype="text", subtype="plain", filename="letter.txt")
    assert send(stand.gateway.port, mail.as_bytes(), taker, reverse_path=author).code == 250
    text = wait_until(lambda: stand.mail_to(author, "NOT SENT"), f"the notice to {author}")
    found = LINK.search(text)
    assert found is not None
    return found[0]


def test_without_an_attachment_what_is_left_goes_as_it_is(stand: Stand, browser: Browser, releaser: Client) -> None:
    author, taker = "l.etter@council.example", "gets.the.letter@nobody.example"
    link = hold_with_file(stand, "without", author, taker)
    held = held_of(stand, link)
    context = context_of(browser, releaser, scripts=True)
    page = context.new_page()
    page.goto(f"{stand.url}/held/{held}")
    page.get_by_role("link", name="Release it encrypted, or without attachments").click()
    look(page)
    page.get_by_role("button", name="See what would become of it").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose what is to be otherwise")
    look(page)
    page.get_by_label(FILE).check()
    page.get_by_role("button", name="See what would become of it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Release it like this?")
    expect(page.get_by_role("main")).to_contain_text("Goes as ordinary e-mail")
    expect(page.get_by_role("main")).to_contain_text(FILE)
    assert taken_for(stand.relay, taker) == taken_for(stand.secure, taker) == []
    page.get_by_role("button", name="Release").click()
    expect(page.get_by_role("alert")).to_contain_text("Write why")
    look(page)
    page.get_by_label("Why?").fill(REASON)
    page.get_by_role("button", name="Release").click()
    (sent,) = wait_for(stand.relay, taker)
    parsed = BytesParser(policy=policy.default).parsebytes(sent.octets)
    assert isinstance(parsed, EmailMessage)
    files = [(part.get_filename(), part.get_content()) for part in parsed.iter_attachments()]
    assert [name for name, _ in files] == ["attachment-removed.txt", "letter.txt"]
    assert "has taken an attachment away here" in str(files[0][1])
    assert b"943 476" not in sent.octets
    assert FILE.encode() not in sent.octets
    told = wait_until(lambda: stand.mail_to(author, "Sent after the check"), "its author")
    assert FILE in told
    page.goto(f"{stand.url}/held/{held}")
    expect(page.get_by_role("main")).to_contain_text(f"without {FILE}")
    assert ("held:release_requested", "user:otherwise") in stand.audit(message_of(link))
    context.close()


def test_what_can_not_go_so_is_said_before_anything_is_decided(stand: Stand, page: Page, releaser: Client) -> None:
    author, taker = "s.igned@council.example", "gets.it.whole@nobody.example"
    head = ("DKIM-Signature", "v=1; a=rsa-sha256; d=council.example; s=x; h=from; bh=eA==; b=eA==")
    link = hold_with_file(stand, "signed", author, taker, head)
    held = held_of(stand, link)
    page.context.add_cookies(
        [{"name": name, "value": value, "url": stand.url} for name, value in releaser.cookies.items()]
    )
    page.goto(f"{stand.url}/held/{held}/release/otherwise")
    page.get_by_label(FILE).check()
    page.get_by_role("button", name="See what would become of it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("It would not go like this")
    expect(page.get_by_role("main")).to_contain_text("Its DKIM signature would not hold")
    expect(page.get_by_role("button", name="Release")).to_have_count(0)
    outlook = page.url

    ran = stand.gateway.run("holds", "release", held, "--without", "2", "--reason", REASON)
    assert ran.returncode == 0, ran.stderr
    wait_until(lambda: "held:returned" in [verb for verb, _ in stand.audit(message_of(link))], "the gateway")
    page.goto(f"{stand.url}/held/{held}")
    expect(page.get_by_role("main")).to_contain_text("The last release did not go, and it is still held")
    expect(page.get_by_role("main")).to_contain_text("Its DKIM signature would not hold")
    page.goto(f"{stand.url}/held/{held}/release/otherwise/nonsense")
    expect(page.get_by_role("heading", level=1)).to_have_text("This page does not exist")

    token = new_token(stand, "otherwise", "otherwise", "holds:read", "holds:decide")
    read = ask(stand, token, f"holds/{held}").value
    assert [one["part"] for one in read["removable"]] == ["2", "3"]
    wish = {"version": read["version"], "without": ["2"]}
    seen = ask(stand, token, f"holds/{held}/outlook", "POST", wish).value
    assert seen == {"recipients": [], "undone": ["DKIM-signed"]}
    assert ask(stand, token, f"holds/{held}/outlook", "POST", wish | {"without": ["9"]}).status == 422
    encrypted = {"version": read["version"], "encrypted": True}
    seen = ask(stand, token, f"holds/{held}/outlook", "POST", encrypted).value
    assert seen["recipients"] == [{"recipient": taker, "action": "encrypt", "why": []}]
    assert ask(stand, token, f"holds/{held}/release", "POST", encrypted | {"reason": REASON}).status == 202
    (sent,) = wait_for(stand.secure, taker)
    assert FILE.encode() in sent.octets
    page.goto(outlook)
    expect(page.get_by_role("heading", level=1)).to_contain_text(message_of(link))  # nothing is left to decide
