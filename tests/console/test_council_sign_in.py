"""The council's own sign-in: OpenID Connect with PKCE, roles by groups, each time anew."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from dlp_gateway.config import Config
from dlp_gateway.keys import load_console_key
from dlp_gateway.model import Outcome
from dlp_gateway.rules_folder import load_texts
from dlp_gateway.store import BY_FILE, DeliveryKind, Store, link_maker
from tests.console.test_accessibility import look
from tests.support.console_process import running_console
from tests.support.gateway_process import GatewayProcess, make_gateway
from tests.support.identity_provider import CLIENT_ID, SECRET, IdentityProvider, running_provider
from tests.support.ports import free_port
from tests.support.staff import account, add_accounts, code_of
from tests.support.store_of import in_store
from tests.support.store_values import RESIDENT, became, prepared, record

NOWHERE = {"next_hop": "127.0.0.1:1", "tls": "none"}
WAYS = {"relay": {"kind": "relay", **NOWHERE}, "secure": {"kind": "gateway", **NOWHERE}}
GROUPS = {"auditor": ["Internal audit"], "reviewer": ["Information governance", "Legal"]}


@dataclass(frozen=True, slots=True)
class Council:
    url: str
    gateway: GatewayProcess
    provider: IdentityProvider

    def come(self, page: Page, sub: str, *groups: str, name: str = "") -> None:
        """Sign in as somebody whom the provider knows."""
        self.provider.who = {
            "sub": sub,
            "preferred_username": name or f"{sub}@council.example",
            "name": sub.title(),
            "email": f"{sub}@council.example",
            "groups": list(groups),
        }
        page.goto(self.url)
        page.get_by_role("button", name="Anytown sign-in").click()

    def users(self) -> dict[str, str]:
        return {str(name): str(roles) for name, roles in self.gateway.rows("SELECT name, roles FROM store_user")}


def options(provider: IdentityProvider, secret: Path, **more: Any) -> dict[str, Any]:
    return {
        "name": "Anytown sign-in",
        "issuer": provider.url,
        "client_id": CLIENT_ID,
        "client_secret_file": str(secret),
        "roles": GROUPS,
    } | more


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Council]:
    folder = tmp_path_factory.mktemp("council")
    secret = folder / "secret"
    secret.write_text(SECRET + "\n")
    port = free_port()
    with running_provider() as provider:
        sections = {
            "console": {"url": f"http://127.0.0.1:{port}", "oidc": options(provider, secret)},
            "listeners": {"console": {"port": port}, "health": {"enabled": False}},
        }
        gateway = make_gateway(folder / "gateway", WAYS, **sections)
        with running_console(gateway):
            yield Council(f"http://127.0.0.1:{port}", gateway, provider)
        assert provider.refused == []


def test_a_group_gives_a_role_and_the_second_factor_is_asked_for(council: Council, page: Page) -> None:
    council.come(page, "ruth", "Legal", "Football")
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second factor")
    page.get_by_label("Code").fill(code_of(page.locator("code").inner_text()))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("Signed in as Ruth.")).to_be_visible()
    assert council.users()["ruth@council.example"] == '["reviewer"]'
    page.goto(f"{council.url}/account/password")
    expect(page.get_by_role("heading", level=1)).to_have_text("This page does not exist")


def test_whoever_is_in_no_group_with_a_role_stays_outside(council: Council, page: Page) -> None:
    council.come(page, "stranger", "Football")
    expect(page.get_by_role("heading", level=1)).to_have_text("You have no role here")
    assert "stranger@council.example" not in council.users()
    page.goto(council.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_group_that_was_left_takes_its_role_with_it(council: Council, page: Page) -> None:
    council.come(page, "mover", "Legal", "Internal audit")
    assert council.users()["mover@council.example"] == '["auditor", "reviewer"]'
    page.context.clear_cookies()
    council.come(page, "mover", "Internal audit")
    assert council.users()["mover@council.example"] == '["auditor"]'
    page.context.clear_cookies()
    council.come(page, "mover")
    expect(page.get_by_role("heading", level=1)).to_have_text("You have no role here")


def test_an_account_that_was_made_by_hand_is_not_taken_over(council: Council, page: Page) -> None:
    add_accounts(council.gateway, [account("chief", "administrator")])
    council.come(page, "somebody", "Legal", name="chief")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is an account of your name already")
    assert council.users()["chief"] == '["administrator"]'


def test_where_the_provider_asks_for_one_the_console_need_not(
    council: Council, page: Page, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("trusting")
    secret = folder / "secret"
    secret.write_text(SECRET)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    sections = {
        "console": {"url": url, "oidc": options(council.provider, secret, asks_second_factor=True)},
        "listeners": {"console": {"port": port}, "health": {"enabled": False}},
    }
    gateway = make_gateway(folder / "gateway", WAYS, **sections)
    with running_console(gateway):
        Council(url, gateway, council.provider).come(page, "ruth", "Legal")
        expect(page.get_by_role("heading", level=1)).to_have_text("What you can do here")


# --------------------------------------------------------------------------------------------------
# The author of held mail
# --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def link(council: Council) -> str:
    """To a message that jo@council.example sent and that is held."""

    async def hold(store: Store) -> None:
        held = prepared("H1", RESIDENT, kind=DeliveryKind.HOLD, reviewers="information-governance", main_rule="bulk")
        await store.record(record("M1", RESIDENT, author="jo@council.example"), [held])
        await store.make_live("M1", became(Outcome.HELD, RESIDENT))

    def prepare(_config: Config, store: Store) -> None:
        store.import_rules(load_texts(None), author=BY_FILE, reason="no gateway has run here")
        asyncio.run(hold(store))

    in_store(council.gateway, prepare)
    make = link_maker(council.url, load_console_key(council.gateway.folder / "keys"), timedelta(days=1))
    return make("M1", datetime.now(UTC))[0]


def come_for(council: Council, page: Page, link: str, **claims: object) -> None:
    council.provider.who = {"sub": "jo", "name": "Jo", "groups": [], **claims}
    page.goto(link)
    page.get_by_role("button", name="Anytown sign-in").click()


def entries(council: Council) -> list[tuple[str, str]]:
    rows = council.gateway.rows("SELECT verb, actor FROM store_audit WHERE verb LIKE 'sender:sign%' ORDER BY at")
    return [(str(verb), str(actor)) for verb, actor in rows]


def test_the_author_of_held_mail_needs_no_code_no_role_and_no_account(council: Council, link: str, page: Page) -> None:
    come_for(council, page, link, email="Jo@council.example", email_verified=True)
    expect(page.get_by_role("heading", level=1)).to_have_text("Your e-mail is held for a check")
    assert entries(council)[-1] == ("sender:signed_in", "sender:jo@council.example")
    assert "jo@council.example" not in council.users()
    page.goto(council.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "other@council.example"},
        {"email": "jo@council.example", "email_verified": False},
        {},
        {"preferred_username": "jo@council.example"},
    ],
    ids=["another", "not verified", "none", "only a name"],
)
def test_nobody_else_gets_to_it(council: Council, link: str, page: Page, claims: dict[str, object]) -> None:
    come_for(council, page, link, **claims)
    expect(page.get_by_role("heading", level=1)).to_have_text("This e-mail is not yours")
    assert entries(council)[-1] == ("sender:sign_in_failed", "console")
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_role("button", name="E-mail me a code")).to_be_visible()


def test_the_pages_of_both_ways_are_for_everybody(council: Council, link: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 800})
    page = context.new_page()
    page.goto(link)
    look(page)
    come_for(council, page, link, email="other@council.example")
    look(page)
    context.close()
