"""Passkeys in Chromium, whose virtual authenticator stands for a telephone: a second factor, and signing in."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.console.conftest import Stand
from tests.console.test_accessibility import look
from tests.support.console_process import running_console
from tests.support.ports import free_port
from tests.support.staff import PASSWORD, account, add_accounts
from tests.support.waiting import BROWSER_MS

NAME = "p.keys"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def url(stand: Stand) -> Iterator[str]:
    """A second console of the same gateway, reached by a name: browsers give no passkeys to numbers."""
    port = free_port()
    address = f"http://localhost:{port}"
    named = {"DLP_GATEWAY__CONSOLE__URL": address, "DLP_GATEWAY__LISTENERS__CONSOLE__PORT": str(port)}
    with running_console(stand.gateway, named):
        yield address


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(BROWSER_MS)
    yield context
    context.close()


def device_of(context: BrowserContext, page: Page) -> tuple[object, str]:
    session = context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return session, str(made["authenticatorId"])


def heading(page: Page, text: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(text)


def with_password(page: Page) -> None:
    page.get_by_label("Name").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def change(stand: Stand, statement: str) -> None:
    """Change the account in the database."""
    connection = sqlite3.connect(stand.gateway.folder / "gateway.db", timeout=10)
    with connection:
        connection.execute(statement, [NAME])
    connection.close()


def failures(stand: Stand) -> list[str]:
    verb = "user:sign_in_failed"
    return [str(body) for (body,) in stand.gateway.rows(f"SELECT body FROM store_audit WHERE verb = '{verb}'")]


def test_a_passkey_is_a_second_factor_and_signs_in_alone(stand: Stand, url: str, context: BrowserContext) -> None:
    add_accounts(stand.gateway, [account(NAME, "auditor")])
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    session, device = device_of(context, page)

    page.goto(url)
    with_password(page)
    heading(page, "Set up a second factor")  # nobody gets further without one
    page.get_by_role("link", name="Use a passkey instead").click()
    heading(page, "Add a passkey")
    look(page)
    page.get_by_label("Name of this passkey").fill("work <b>laptop</b>")
    page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Add the passkey").click()
    heading(page, "Your recovery codes")
    assert len(page.locator("li code").all_inner_texts()) == 10
    page.get_by_role("link", name="I have kept them").click()
    heading(page, "What you can do here")

    page.get_by_role("link", name="Your account").click()
    page.get_by_role("link", name="Look after passkeys").click()
    expect(page.get_by_text("work <b>laptop</b>").first).to_be_visible()
    expect(page.get_by_text("Signs you in alone")).to_be_visible()
    look(page)
    page.get_by_role("link", name="Remove").click()
    expect(page.get_by_text("it is the only one that you have")).to_be_visible()
    page.get_by_role("link", name="Keep it").click()
    page.get_by_role("button", name="Sign out").click()

    with_password(page)
    heading(page, "Type your code")
    look(page)
    page.get_by_role("button", name="Use your passkey").click()
    heading(page, "What you can do here")
    page.get_by_role("button", name="Sign out").click()

    look(page)
    page.get_by_role("button", name="Sign in with a passkey").click()
    heading(page, "What you can do here")
    page.goto(f"{url}/account/second-factor/codes/new")  # asks once more who it is: by now a passkey does
    if page.get_by_role("heading", name="Show that it is still you").is_visible():
        page.goto(f"{url}/account/confirm/passkey?next=/account/second-factor/codes/new")
        look(page)
        page.get_by_role("button", name="Use your passkey").click()
    heading(page, "Make new recovery codes?")
    page.get_by_role("button", name="Sign out").click()

    change(stand, "UPDATE store_user SET password = '!' || password WHERE name = ?")  # as if the council signed them in
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("The passkey was not accepted.")).to_be_visible()
    change(stand, "UPDATE store_user SET password = substr(password, 2) WHERE name = ?")

    session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device})  # type: ignore[attr-defined]
    device_of(context, page)  # another telephone
    before = len(failures(stand))
    page.evaluate(
        """() => { const field = document.getElementById('id_credential'); field.value = '{"id": "x"}';
        field.form.submit() }"""
    )
    expect(page.get_by_text("The passkey was not accepted.")).to_be_visible()
    assert len(failures(stand)) == before + 1
    rows = stand.gateway.rows(
        f"SELECT verb, body FROM store_audit WHERE actor = 'user:{NAME}' AND verb LIKE 'user:%' ORDER BY at"
    )
    verbs = [str(verb) for verb, _ in rows]
    assert verbs.count("user:signed_in") == 3
    added = [str(body) for verb, body in rows if verb == "user:second_factor_changed"]
    assert any("webauthn" in body and "added" in body for body in added)
    assert complaints == [], "nothing inline, nothing refused"


def test_codes_work_without_scripts_and_pages_say_so(stand: Stand, url: str, page: Page) -> None:
    add_accounts(stand.gateway, [account("no.scripts", "auditor")])
    page.goto(url)
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    page.get_by_label("Name").fill("no.scripts")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    heading(page, "Set up a second factor")
    page.get_by_role("link", name="Use a passkey instead").click()
    expect(page.get_by_text("Passkeys need JavaScript")).to_be_visible()
    expect(page.get_by_role("button", name="Add the passkey")).to_be_hidden()


def test_a_console_that_is_reached_by_a_number_offers_none(stand: Stand, page: Page) -> None:
    answer = page.goto(f"{stand.url}/account/sign-in")
    assert answer is not None
    assert "script-src" not in answer.headers["content-security-policy"]
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_have_count(0)
