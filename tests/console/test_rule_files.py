"""Lists, groups and disclaimers in the console."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from dlp_gateway.rule_changes import file_in_force, publish_file
from dlp_gateway.store import RuleVersion
from tests.console.conftest import Stand
from tests.console.test_accessibility import look
from tests.support.staff import Client, account, add_accounts, signed_in
from tests.support.staff_browser import context_of
from tests.support.store_of import in_store

ADMIN, AUDITOR = "t.admin", "t.auditor"
DISCLAIMER = "templates/disclaimer.html"


@pytest.fixture(scope="module")
def people(stand: Stand) -> dict[str, Client]:
    roles = {ADMIN: "administrator", AUDITOR: "auditor"}
    add_accounts(stand.gateway, [account(name, role) for name, role in roles.items()])
    return {name: signed_in(stand.url, name) for name in roles}


@pytest.fixture
def looked_at(browser: Browser, people: dict[str, Client]) -> Iterator[Page]:
    """With scripts, so that whatever could run would."""
    context = context_of(browser, people[ADMIN], scripts=True)
    page = context.new_page()
    ran: list[str] = []
    page.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    yield page
    context.close()
    assert ran == [], "nothing of a text runs"


def newest(stand: Stand, name: str) -> RuleVersion:
    return in_store(stand.gateway, lambda _config, store: store.rule_versions(name)[0])


def test_a_list_is_changed_and_brought_back_in_ones_own_name(stand: Stand, looked_at: Page) -> None:
    page, before = looked_at, newest(stand, "recipients.yaml")
    page.goto(f"{stand.url}/policy")
    page.get_by_role("link", name="Lists, groups and disclaimers").click()
    look(page)
    page.get_by_role("link", name="recipients.yaml").click()
    text = page.get_by_label("Text", exact=True)
    text.fill(
        text.input_value().replace("press:\n", "press:\n  - gazette.example\n", 1).replace("social:", "socail:", 1)
    )
    page.get_by_role("button", name="Try this text").click()
    expect(page.get_by_role("alert")).to_contain_text("did you mean “social”?")
    expect(page.get_by_role("button", name="Put it in force")).to_have_count(0)
    look(page)
    text = page.get_by_label("Text", exact=True)
    text.fill(text.input_value().replace("socail:", "social:", 1))
    page.get_by_role("button", name="Try this text").click()
    expect(page.get_by_role("region", name="What would change")).to_contain_text("+   - gazette.example")
    page.get_by_role("button", name="Put it in force").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why")
    page.get_by_label("Why?").fill("a new local paper")
    page.get_by_role("button", name="Put it in force").click()
    expect(page.get_by_text("is in force")).to_be_visible()
    now = newest(stand, "recipients.yaml")
    assert (now.author, now.reason) == (f"user:{ADMIN}", "a new local paper")
    page.get_by_role("link", name=f"Version {before.number}", exact=True).click()
    expect(page.get_by_role("region", name="What would change")).to_contain_text("-   - gazette.example")
    page.get_by_label("Why?").fill("closed again")
    page.get_by_role("button", name="Put it in force").click()
    expect(page.get_by_text("is in force")).to_be_visible()
    assert newest(stand, "recipients.yaml").text == before.text


def test_two_who_change_a_list_lose_nothing(stand: Stand, looked_at: Page) -> None:
    page, before = looked_at, newest(stand, "reviewers.yaml")
    page.goto(f"{stand.url}/policy/texts/reviewers.yaml")
    text = page.get_by_label("Text", exact=True)
    text.fill(text.input_value().replace('hours: "always"', 'hours: "day and night"'))

    def theirs(old: str, new: str) -> None:
        def work(config, store):  # type: ignore[no-untyped-def]
            rules = file_in_force(config, store, "reviewers.yaml")
            publish_file(store, rules, rules.text.replace(old, new), "x", by="user:other", reason="for a test")

        in_store(stand.gateway, work)

    theirs('hours: "always"', 'hours: "at any time"')
    page.get_by_role("button", name="Try this text").click()
    expect(page.get_by_role("alert")).to_contain_text("Somebody else changed the same lines")
    expect(page.get_by_role("region", name="What they changed")).to_contain_text("at any time")
    assert "day and night" in page.get_by_label("Text", exact=True).input_value()
    theirs('hours: "at any time"', 'hours: "always"')
    assert newest(stand, "reviewers.yaml").text == before.text


def test_a_disclaimer_is_shown_as_it_goes_out_and_nothing_of_it_runs(stand: Stand, looked_at: Page) -> None:
    page = looked_at
    page.goto(f"{stand.url}/policy/texts/{DISCLAIMER}")
    expect(page.locator("section").filter(has_text="As plain text")).to_contain_text("Example Council")
    text = page.get_by_label("Text", exact=True)
    hostile = "<p>More</p><script>alert(1)</script><img src='/x' onerror='alert(2)'>"
    text.fill(text.input_value() + hostile)
    page.get_by_role("button", name="Try this text").click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("More", exact=True)).to_be_visible()
    assert page.locator("iframe").get_attribute("sandbox") == ""
    expect(page.get_by_role("region", name="What would change")).to_contain_text("alert(1)")
    page.goto(f"{stand.url}/policy/texts/{DISCLAIMER}")
    look(page)
    page.goto(f"{stand.url}/policy/texts/templates/disclaimer.txt")
    page.get_by_label("Text", exact=True).fill("Short")
    page.get_by_role("button", name="Try this text").click()
    expect(page.get_by_role("alert")).to_contain_text("the first paragraph must have")


@pytest.mark.parametrize(
    "name", ["partners.yaml", "templates/hold.txt", "../config.yaml", "nothing.yaml", "/etc/passwd"]
)
def test_nothing_else_can_be_changed_so(people: dict[str, Client], name: str) -> None:
    assert people[ADMIN].ask(f"/policy/texts/{name}").status == 404


def test_an_auditor_reads_and_changes_nothing(people: dict[str, Client]) -> None:
    answer = people[AUDITOR].ask("/policy/texts/reviewers.yaml")
    assert (answer.status, "<textarea" in answer.text) == (200, False)
    assert people[AUDITOR].send("/policy/texts/reviewers.yaml/change", {"text": "x"}, of="/").status == 403
