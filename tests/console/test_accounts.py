"""Signing in to the console: passwords, second factors, roles, the ends of sessions, and what strangers get."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest
from playwright.sync_api import Browser, Page, expect

from dlp_gateway.web.permissions import PERMISSIONS, Permission, Role, permissions_of
from tests.console.conftest import Stand
from tests.console.test_accessibility import look
from tests.support.staff import PASSWORD, Client, account, add_accounts, code_of, let_pass, signed_in

FIRST = "first.admin@council.example"
NEW_PASSWORD = "purple lantern ferry"


def actions(stand: Stand, name: str) -> list[str]:
    """What the record says of an account, oldest first."""
    rows = stand.gateway.rows(
        f"SELECT verb FROM store_audit WHERE verb LIKE 'user:%' AND body LIKE '%\"user\":\"{name}\"%' ORDER BY at"
    )
    return [str(verb) for (verb,) in rows]


# --------------------------------------------------------------------------------------------------
# The first administrator, as people do it
# --------------------------------------------------------------------------------------------------


def test_the_first_administrator_signs_in(stand: Stand, page: Page) -> None:
    roles = ("--role", "administrator")
    ran = subprocess.run(
        [sys.executable, "-m", "dlp_gateway", "users", "add", FIRST, *roles, "--config", str(stand.gateway.config)],
        input=f"{PASSWORD}\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    page.goto(stand.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.get_by_label("Name").fill(FIRST)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_text("Somebody else chose the password")).to_be_visible()
    page.get_by_label("The password you have now").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill("short")
    page.get_by_label("New password once more").fill("short")
    page.get_by_role("button", name="Change your password").click()
    expect(page.get_by_role("alert")).to_contain_text("Use at least 12 characters")
    page.get_by_label("The password you have now").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    page.get_by_label("New password once more").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Change your password").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second factor")
    page.goto(stand.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second factor")
    assert page.get_by_role("img", name="Picture for the app").evaluate("image => image.naturalWidth") > 0
    secret = page.locator("code").inner_text()
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_contain_text("The code is not right")
    page.get_by_label("Code").fill(code_of(secret))
    page.get_by_role("button", name="Go on").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your recovery codes")
    codes = page.locator("li code").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What you can do here")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")

    page.get_by_label("Name").fill(FIRST)
    page.get_by_label("Password").fill(NEW_PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Type your code")
    page.goto(stand.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("Type your code")  # a password alone is no sign-in
    page.get_by_label("Code").fill(codes[0])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What you can do here")

    done = actions(stand, FIRST)
    assert done[:3] == ["user:created", "user:signed_in", "user:changed"]
    assert done.count("user:signed_in") == 2
    assert "user:second_factor_changed" in done
    assert done.count("user:signed_out") == 1
    ((sealed,),) = stand.gateway.rows(
        "SELECT data FROM mfa_authenticator a JOIN store_user u ON u.id = a.user_id "
        f"WHERE u.name = '{FIRST}' AND a.type = 'totp'"
    )
    assert secret not in sealed, "the database alone is no second factor"
    ((hashed,),) = stand.gateway.rows(f"SELECT password FROM store_user WHERE name = '{FIRST}'")
    assert hashed.startswith("argon2$argon2id$")


def test_its_pages_are_for_everybody(stand: Stand, browser: Browser) -> None:
    add_accounts(stand.gateway, [account("looked.at", "auditor", must_change_password=True)])
    context = browser.new_context(viewport={"width": 320, "height": 800})
    page = context.new_page()
    page.goto(stand.url)
    look(page)
    page.get_by_role("button", name="Sign in").click()
    look(page)
    page.get_by_label("Name").fill("looked.at")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    look(page)
    page.get_by_label("The password you have now").fill(PASSWORD)
    page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    page.get_by_label("New password once more").fill(NEW_PASSWORD)
    page.keyboard.press("Enter")
    look(page)
    page.get_by_label("Code").fill(code_of(page.locator("code").inner_text()))
    page.keyboard.press("Enter")
    look(page)
    page.get_by_role("link", name="I have kept them").click()
    look(page)
    for path in ("second-factor", "second-factor/codes", "second-factor/codes/new", "second-factor/app/remove"):
        page.goto(f"{stand.url}/account/{path}")
        look(page)
    page.goto(f"{stand.url}/account/confirm/password")
    look(page)
    page.goto(f"{stand.url}/account/confirm/code")
    look(page)
    context.close()


# --------------------------------------------------------------------------------------------------
# Who gets where
# --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def views() -> list[dict[str, str]]:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.support.console_views"], capture_output=True, text=True, check=True
    )
    return list(json.loads(ran.stdout))


@pytest.fixture(scope="module")
def people(stand: Stand) -> dict[str, Client]:
    """Somebody of each role, and somebody of none."""
    names = {role: f"walks.{role}" for role in (*Role, "")}
    add_accounts(stand.gateway, [account(name, *([role] if role else [])) for role, name in names.items()])
    return {role: signed_in(stand.url, name) for role, name in names.items()}


def test_every_view_says_who_gets_to_it(views: list[dict[str, str]]) -> None:
    known = {"open", "own account", "signed in", "by token", *Permission}
    assert [view["path"] for view in views if view["access"] not in known] == []
    for view in views:
        if view["access"] == "open":
            assert view["path"].startswith(("/account/sign-", "/accessibility", "/static/", "/sender/")), view
        assert (view["access"] == "by token") == view["path"].startswith("/api/"), view


def test_no_stranger_gets_past_the_sign_in_page(stand: Stand, views: list[dict[str, str]]) -> None:
    for view in views:
        answer = Client(stand.url).ask(view["path"])
        if view["access"] == "by token":
            public = view["name"] == "openapi-json"  # what can be asked, and nothing that was answered
            assert answer.status in ((200,) if public else (401, 404, 405)), view
        elif view["access"] != "open":
            assert (answer.status, answer.location.split("?")[0]) == (302, "/account/sign-in"), view


@pytest.mark.parametrize("role", [*Role, ""])
def test_every_page_is_for_its_permission_alone(
    views: list[dict[str, str]], people: dict[str, Client], role: str
) -> None:
    theirs = permissions_of([role])
    for view in views:
        if view["access"] in list(Permission):
            status = people[role].ask(view["path"]).status
            assert (status == 403) == (view["access"] not in theirs), (role, view, status)


def test_every_permission_is_somebodys() -> None:
    assert set().union(*PERMISSIONS.values()) == set(Permission)
    assert permissions_of(["no such role"]) == frozenset()


# --------------------------------------------------------------------------------------------------
# Strangers
# --------------------------------------------------------------------------------------------------


def test_guessing_is_slowed_by_name_from_wherever_it_comes(stand: Stand) -> None:
    add_accounts(stand.gateway, [account("guessed.at", "auditor")])
    client = Client(stand.url)
    for _ in range(5):
        answer = client.sign_in("guessed.at", "not the password")
        assert "The name or the password is not right" in answer.text
    answer = client.sign_in("guessed.at")
    assert answer.status != 302, "even the right one must wait"
    assert "Too many tries" in answer.text
    assert actions(stand, "guessed.at").count("user:sign_in_failed") == 5


def test_a_name_that_nobody_has_is_not_told_and_not_kept(stand: Stand) -> None:
    """Passwords end up in the field for names."""
    answer = Client(stand.url).sign_in("hunter2 hunter2 hunter2", "not the password")
    assert "The name or the password is not right" in answer.text
    assert stand.gateway.rows("SELECT 1 FROM store_audit WHERE body LIKE '%hunter2%'") == []


def test_codes_are_not_guessed(stand: Stand) -> None:
    add_accounts(stand.gateway, [account("codes.guessed", "auditor")])
    signed_in(stand.url, "codes.guessed")
    client = Client(stand.url)
    assert client.sign_in("codes.guessed").location == "/account/sign-in/code"
    texts = [client.send("/account/sign-in/code", {"code": f"{guess:06}"}).text for guess in range(6)]
    assert "The code is not right" in texts[0]
    assert "Too many tries" in texts[-1]
    assert "user:sign_in_failed" in actions(stand, "codes.guessed")


def test_a_session_that_was_planted_is_worth_nothing(stand: Stand) -> None:
    add_accounts(stand.gateway, [account("fixed.upon", "auditor")])
    client = Client(stand.url, {"session": "a" * 32})
    client.ask("/account/sign-in")
    client.cookies["session"] = planted = "b" * 32
    assert client.sign_in("fixed.upon").status == 302
    assert client.cookies["session"] != planted
    client.enrol()
    assert Client(stand.url, {"session": planted}).ask("/").status == 302
    ended = dict(client.cookies)
    assert client.send("/account/sign-out", of="/").status == 302
    assert Client(stand.url, ended).ask("/").status == 302, "what was signed out stays out"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:x"])
def test_nobody_is_sent_elsewhere(stand: Stand, elsewhere: str) -> None:
    name = f"led.{abs(hash(elsewhere))}"
    add_accounts(stand.gateway, [account(name, "auditor")])
    client = Client(stand.url)
    answer = client.send("/account/sign-in", {"login": name, "password": PASSWORD, "next": elsewhere})
    assert (answer.status, answer.location) == (302, "/")


def test_whoever_came_for_a_page_gets_to_it(stand: Stand) -> None:
    add_accounts(stand.gateway, [account("comes.back", "auditor")])
    client = Client(stand.url)
    assert client.ask("/account/second-factor").location == "/account/sign-in?next=/account/second-factor"
    form = {"login": "comes.back", "password": PASSWORD, "next": "/account/second-factor"}
    assert client.send("/account/sign-in", form).location == "/account/second-factor"


@pytest.mark.parametrize("path", ["sign-in", "sign-out", "password", "second-factor/app", "second-factor/codes/new"])
def test_no_form_of_another_site_is_taken(people: dict[str, Client], path: str) -> None:
    form = {"Content_Type": "application/x-www-form-urlencoded", "Origin": "https://evil.example"}
    answer = people["auditor"].ask(f"/account/{path}", "POST", "csrfmiddlewaretoken=x&login=x&password=x", **form)
    assert answer.status == 403
    assert "This form is too old" in answer.text


# --------------------------------------------------------------------------------------------------
# Ends
# --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "idle", "is_in"), [(29, 29, True), (31, 31, False), (9 * 60, 0, True), (10 * 60 + 1, 0, False)]
)
def test_a_session_ends_when_nobody_uses_it_and_at_the_end_of_a_day(
    stand: Stand, minutes: int, idle: int, is_in: bool
) -> None:
    name = f"works.{minutes}"
    add_accounts(stand.gateway, [account(name, "auditor")])
    client = signed_in(stand.url, name)
    let_pass(stand.gateway, client, minutes * 60, since_seen=idle * 60)
    assert client.ask("/").status == (200 if is_in else 302)
    if not is_in:
        assert actions(stand, name)[-1] == "user:signed_out"


def test_a_page_for_its_owner_alone_asks_once_more(stand: Stand) -> None:
    add_accounts(stand.gateway, [account("asked.again", "auditor")])
    client = signed_in(stand.url, "asked.again")
    path = "/account/second-factor/codes/new"
    assert client.ask(path).status == 200
    let_pass(stand.gateway, client, 6 * 60, since_seen=0)
    answer = client.ask(path)
    assert answer.location.startswith("/account/confirm/password?next=")
    form = {"password": "not the password", "next": path}
    assert "The password is not right" in client.send("/account/confirm/password", form).text
    assert client.send("/account/confirm/password", form | {"password": PASSWORD}).location == path
    assert client.ask(path).status == 200


def test_a_disabled_account_is_out_at_once(stand: Stand) -> None:
    add_accounts(stand.gateway, [account("leaves.today", "auditor")])
    client = signed_in(stand.url, "leaves.today")
    assert client.ask("/").status == 200
    assert stand.gateway.run("users", "disable", "leaves.today").returncode == 0
    assert client.ask("/").status == 302
    answer = Client(stand.url).sign_in("leaves.today")
    assert "The name or the password is not right" in answer.text or answer.location == "/account/sign-in/not-active"


def test_a_role_that_is_taken_away_is_gone_at_once(stand: Stand, views: list[dict[str, str]]) -> None:
    add_accounts(stand.gateway, [account("moves.on", "auditor")])
    client = signed_in(stand.url, "moves.on")
    asked = [view["path"] for view in views if view["access"] == Permission.AUDIT_READ]
    assert {client.ask(path).status for path in asked} <= {200, 404, 405}
    assert stand.gateway.run("users", "role", "moves.on", "--role", "reviewer").returncode == 0
    assert {client.ask(path).status for path in asked} <= {403}


def test_a_second_factor_that_was_lost_is_set_up_anew(stand: Stand) -> None:
    add_accounts(stand.gateway, [account("lost.it", "auditor")])
    signed_in(stand.url, "lost.it")
    assert stand.gateway.run("users", "second-factor", "lost.it").returncode == 0
    client = Client(stand.url)
    assert client.sign_in("lost.it").location == "/"
    assert client.ask("/").location == "/account/second-factor/app"


def test_the_only_second_factor_can_not_be_removed(stand: Stand, people: dict[str, Client]) -> None:
    answer = people["auditor"].send("/account/second-factor/app/remove")
    assert "it is the only one that you have" in answer.text
    assert people["auditor"].ask("/").status == 200


def test_what_nobody_may_reach_is_not_there(stand: Stand) -> None:
    for path in ("sign-up", "signup", "email", "password/reset", "connections", "sign-in/council/x"):
        assert Client(stand.url).ask(f"/account/{path}").status == 404, path
    assert Client(stand.url).ask("/admin/").status == 404


def test_signing_in_takes_as_long_for_a_name_that_nobody_has(stand: Stand) -> None:
    add_accounts(stand.gateway, [account("timed.out", "auditor")])

    def seconds(name: str) -> float:
        client = Client(stand.url)
        began = time.perf_counter()
        client.sign_in(name, "not the password")
        return time.perf_counter() - began

    known, unknown = (min(seconds(name) for _ in range(2)) for name in ("timed.out", "nobody.at.all"))
    assert unknown > known / 3, "the hash is worked out either way"
