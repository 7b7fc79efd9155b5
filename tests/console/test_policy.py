"""The policy in the console: tried over recorded mail before it counts, in an administrator's own name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from dlp_gateway.config import Config
from dlp_gateway.decide import policy_text
from dlp_gateway.rule_changes import policy_in_force, publish_file
from dlp_gateway.store import RuleVersion, Store
from tests.console.conftest import Stand
from tests.console.test_accessibility import look
from tests.support.client_mail import STRANGER
from tests.support.staff import Client, account, add_accounts, signed_in
from tests.support.staff_browser import context_of
from tests.support.store_of import in_store

ADMIN, AUDITOR = "r.admin", "r.auditor"


@pytest.fixture(scope="module")
def people(stand: Stand) -> dict[str, Client]:
    roles = {ADMIN: "administrator", AUDITOR: "auditor"}
    add_accounts(stand.gateway, [account(name, role) for name, role in roles.items()])
    return {name: signed_in(stand.url, name) for name in roles}


@pytest.fixture(scope="module", autouse=True)
def as_it_was(stand: Stand) -> Iterator[None]:
    """Other tests of the console share the gateway."""
    text = newest(stand).text
    yield
    change(stand, lambda _now: text)


@pytest.fixture
def admin(browser: Browser, people: dict[str, Client]) -> Iterator[Page]:
    context = context_of(browser, people[ADMIN])
    yield context.new_page()
    context.close()


@pytest.fixture
def looked_at(browser: Browser, people: dict[str, Client]) -> Iterator[Page]:
    """With scripts, which only the checking program has."""
    context = context_of(browser, people[ADMIN], scripts=True)
    yield context.new_page()
    context.close()


def newest(stand: Stand) -> RuleVersion:
    return in_store(stand.gateway, lambda _config, store: store.rule_versions(policy_text.FILE)[0])


def change(stand: Stand, how: Callable[[str], str]) -> None:
    """The policy as somebody else changes it."""

    def work(config: Config, store: Store) -> None:
        rules = policy_in_force(config, store)
        if how(rules.text) != rules.text:
            publish_file(store, rules, how(rules.text), "x", by="user:other", reason="for a test")

    in_store(stand.gateway, work)


def title(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def test_the_rules_are_told_in_words_with_their_examples(stand: Stand, admin: Page) -> None:
    admin.goto(stand.url)
    admin.get_by_role("navigation", name="Menu").get_by_role("link", name="Rules").click()
    row = admin.get_by_role("row", name="partner-category")
    expect(row).to_contain_text("Acts")
    expect(row).to_contain_text("a partner, an elected representative, a public body")
    expect(row).to_contain_text("Holds it for a reviewer")
    expect(row).to_contain_text("all hold")
    expect(admin.get_by_role("row", name="first-time")).to_contain_text("Observes only")
    row.get_by_role("link").click()
    assert title(admin) == "partner-category"
    expect(admin.get_by_text("which kinds of data are found")).to_be_visible()
    expect(admin.get_by_text("Holds", exact=True).first).to_be_visible()


def test_a_rule_is_changed_by_form_tried_and_put_in_force_in_ones_own_name(stand: Stand, admin: Page) -> None:
    stand.hold("policy-replayed", STRANGER, author="p.policy@council.example")
    before = newest(stand)
    admin.goto(f"{stand.url}/policy/rule/unapproved-high")
    admin.get_by_label("What it does").select_option("observe")
    admin.get_by_role("button", name="Try it", exact=True).click()
    assert title(admin) == "Draft of the policy"
    expect(admin.get_by_text(re.compile(r"No longer held: [1-9]"))).to_be_visible()
    row = admin.get_by_role("row", name="an organisation that is not an approved partner")
    expect(row).to_contain_text("sent")
    expect(row).to_contain_text("unapproved-high")

    admin.goto(f"{stand.url}/policy/rule/unapproved-high")
    admin.get_by_label("Days until it ends undecided").fill("9")
    admin.get_by_label("Who decides").select_option("communications")
    admin.get_by_role("button", name="Try it", exact=True).click()
    expect(admin.get_by_role("region", name="What would change")).to_contain_text("+     expires_days: 9")
    expect(admin.get_by_text("Messages looked at:")).not_to_contain_text("looked at: 0")
    assert newest(stand).number == before.number, "nothing is changed by a try"
    admin.get_by_role("button", name="Put it in force").click()
    expect(admin.get_by_role("alert")).to_contain_text("Say why")
    admin.get_by_label("Why?").fill("decided on Monday")
    admin.get_by_role("button", name="Put it in force").click()
    assert title(admin) == "All versions of the policy"
    expect(admin.get_by_text("is in force")).to_be_visible()
    now = newest(stand)
    assert (now.author, now.reason) == (f"user:{ADMIN}", "decided on Monday")
    assert now.text.count("\n") == before.text.count("\n") + 2, "all other lines are as they were"
    ((author,),) = stand.gateway.rows(
        f"SELECT actor FROM store_audit WHERE verb = 'rules:imported' AND body LIKE '%{now.sha256}%'"
    )
    assert author == f"user:{ADMIN}"

    admin.goto(f"{stand.url}/policy/history/{before.number}")
    admin.get_by_role("button", name="Try this version again").click()
    expect(admin.get_by_role("region", name="What would change")).to_contain_text("-     expires_days: 9")
    admin.get_by_label("Why?").fill("not decided after all")
    admin.get_by_role("button", name="Put it in force").click()
    expect(admin.get_by_text("is in force")).to_be_visible()
    assert newest(stand).text == before.text


def test_what_is_wrong_is_told_by_line_and_stays_to_be_mended(stand: Stand, admin: Page) -> None:
    before = newest(stand)
    admin.goto(f"{stand.url}/policy/edit")
    text = admin.get_by_label("Text of the policy")
    typed = text.input_value().replace("min_confidence: 0.5", "min_confidense: 0.5", 1)
    text.fill(typed)
    admin.get_by_role("button", name="Try this text").click()
    alert = admin.get_by_role("alert")
    expect(alert).to_contain_text("did you mean “min_confidence”?")
    line = next(n for n, one in enumerate(typed.splitlines(), 1) if "min_confidense" in one)
    expect(alert.get_by_role("cell", name=str(line), exact=True)).to_be_visible()
    expect(alert.locator("code")).to_contain_text("min_confidense: 0.5")
    mended = admin.get_by_label("Text of the policy")
    assert mended.input_value() == typed
    mended.fill(typed.replace("min_confidense", "min_confidence"))
    admin.get_by_role("button", name="Try it again").click()
    expect(admin.get_by_text("Nothing would change.")).to_be_visible()
    assert newest(stand).number == before.number


@pytest.mark.parametrize(
    "block", ["", "  - id: [", "}{", "  - {id: external}", "\x00", "  - id: external\n    mode: x"]
)
def test_a_rule_that_is_no_rule_is_told_in_words(stand: Stand, people: dict[str, Client], block: str) -> None:
    number = newest(stand).number
    form = {"version": str(number), "rule": "external", "block": block}
    answer = people[ADMIN].send("/policy/draft", form, of="/policy/rule/external")
    assert answer.status == (200 if block == "" else 422), answer.text
    assert ("What is wrong:" in answer.text) == (block != "")
    assert newest(stand).number == number


def test_a_draft_whose_examples_do_not_hold_is_not_put_in_force(stand: Stand, people: dict[str, Client]) -> None:
    now = newest(stand)
    draft = policy_text.with_values(now.text, "partner-category", {"then": "relay"})
    form = {"version": str(now.number), "text": draft, "do": "publish", "reason": "to break it"}
    answer = people[ADMIN].send("/policy/draft", form, of="/policy/edit")
    assert answer.status == 422
    assert "must get hold, but gets" in answer.text
    assert newest(stand).number == now.number


def test_two_who_change_the_policy_lose_nothing(stand: Stand, admin: Page) -> None:
    before = newest(stand).text
    admin.goto(f"{stand.url}/policy/rule/secret")
    block = admin.locator("textarea[name=block]")
    typed = block.input_value()
    block.fill(typed.replace("    then: hold", "    expires_days: 21\n    then: hold", 1))
    change(stand, lambda now: policy_text.with_values(now, "external", {"clause": "5.8"}))
    admin.get_by_role("button", name="Try this text").click()
    expect(admin.get_by_role("alert")).to_contain_text("Their change stands in this draft as well as yours")
    admin.get_by_label("Why?").fill("three weeks")
    admin.get_by_role("button", name="Put it in force").click()
    assert title(admin) == "All versions of the policy"
    both = newest(stand).text
    assert "expires_days: 21" in both
    assert "clause: '5.8'" in both

    admin.goto(f"{stand.url}/policy/rule/secret")
    block = admin.locator("textarea[name=block]")
    block.fill(block.input_value().replace("expires_days: 21", "expires_days: 22"))
    change(stand, lambda now: now.replace("expires_days: 21", "expires_days: 23"))
    admin.get_by_role("button", name="Try this text").click()
    expect(admin.get_by_role("alert")).to_contain_text("Somebody else changed the same lines")
    expect(admin.get_by_role("region", name="What they changed")).to_contain_text("expires_days: 23")
    expect(admin.get_by_role("region", name="What would change")).to_contain_text("expires_days: 22")
    expect(admin.get_by_role("button", name="Put it in force")).to_have_count(0)
    assert "expires_days: 23" in newest(stand).text
    change(stand, lambda _now: before)


def test_an_auditor_reads_and_changes_nothing(stand: Stand, people: dict[str, Client]) -> None:
    auditor = people[AUDITOR]
    for path in ("", "/rule/external", "/history", "/history/1"):
        answer = auditor.ask(f"/policy{path}")
        assert (answer.status, '<form method="post" action="/policy' in answer.text) == (200, False), path
    assert auditor.ask("/policy/edit").status == 403
    assert auditor.send("/policy/draft", {"text": "x"}, of="/").status == 403


def test_every_page_is_for_everybody(stand: Stand, looked_at: Page) -> None:
    for path in ("", "/rule/unapproved-high", "/edit", "/history", "/history/1"):
        looked_at.goto(f"{stand.url}/policy{path}")
        look(looked_at)
    looked_at.goto(f"{stand.url}/policy/edit")
    looked_at.get_by_role("button", name="Try this text").click()
    look(looked_at)
    looked_at.locator("summary").click()
    looked_at.get_by_label("Text of the policy").fill("rules: [")
    looked_at.get_by_role("button", name="Try it again").click()
    look(looked_at)
    looked_at.goto(f"{stand.url}/policy?lang=cy")
    assert title(looked_at) == "Rheolau"
    for path in ("", "/rule/external"):
        looked_at.goto(f"{stand.url}/policy{path}")
        look(looked_at, "cy")
    expect(looked_at.get_by_text("Ychwanegu'r ymwadiad")).to_be_visible()
    looked_at.goto(f"{stand.url}/policy?lang=en")
