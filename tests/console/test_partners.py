"""Partners in the console: an administrator's and an auditor's journeys, by a browser without scripts."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from dlp_gateway.config import Config
from dlp_gateway.decide import registry
from dlp_gateway.rule_changes import checked, in_force, put_in_force
from dlp_gateway.store import RuleVersion, Store
from tests.console.conftest import Stand
from tests.console.test_accessibility import look
from tests.console.test_welsh import look_in_welsh
from tests.support.staff import Client, account, add_accounts, signed_in
from tests.support.staff_browser import context_of
from tests.support.store_of import in_store

ADMIN, SECOND, AUDITOR = "p.admin", "p.second", "p.auditor"
NEXT_YEAR = (datetime.now(UTC) + timedelta(365)).date().isoformat()
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture(scope="module")
def people(stand: Stand) -> dict[str, Client]:
    roles = {ADMIN: "administrator", SECOND: "administrator", AUDITOR: "auditor"}
    add_accounts(stand.gateway, [account(name, role) for name, role in roles.items()])
    return {name: signed_in(stand.url, name) for name in roles}


def pages(browser: Browser, client: Client, *, scripts: bool = False) -> Iterator[Page]:
    context = context_of(browser, client, scripts=scripts)
    yield context.new_page()
    context.close()


@pytest.fixture
def admin(browser: Browser, people: dict[str, Client]) -> Iterator[Page]:
    yield from pages(browser, people[ADMIN])


@pytest.fixture
def second(browser: Browser, people: dict[str, Client]) -> Iterator[Page]:
    yield from pages(browser, people[SECOND])


@pytest.fixture
def looked_at(browser: Browser, people: dict[str, Client]) -> Iterator[Page]:
    """With scripts, which only the checking program has."""
    yield from pages(browser, people[ADMIN], scripts=True)


def change(stand: Stand, id_: str, **values: object) -> None:
    """An entry as somebody else adds or changes it."""
    new = {
        "organisation": f"{id_} Ltd",
        "domains": [f"{id_}.example"],
        "basis": "statutory",
        "owner": "jo@council.example",
        "may_receive": ["name", "contact"],
        "valid_from": "2026-01-01",
        "review_by": NEXT_YEAR,
    }

    def work(config: Config, store: Store) -> None:
        rules = in_force(config, store)
        before = {entry.id: registry.plain(entry) for entry in rules.entries}.get(id_, {"id": id_} | new)
        after = registry.with_entry(rules.entries, checked(before | values))
        put_in_force(config, store, rules, after, by="user:other", reason="for a test")

    in_store(stand.gateway, work)


def shown(stand: Stand, id_: str) -> dict[str, Any]:
    return in_store(stand.gateway, lambda config, store: registry.plain(in_force(config, store).entry(id_)))


def newest(stand: Stand) -> RuleVersion:
    return in_store(stand.gateway, lambda _config, store: store.rule_versions(registry.FILE)[0])


def title(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


# --------------------------------------------------------------------------------------------------
# Looking
# --------------------------------------------------------------------------------------------------


def test_partners_are_found_by_filters_that_stand_in_the_address(stand: Stand, admin: Page) -> None:
    change(stand, "finds-a", notes="the needle")
    change(stand, "finds-b", status="suspended")
    admin.goto(stand.url)
    admin.get_by_role("navigation", name="Menu").get_by_role("link", name="Partners").click()
    expect(admin.get_by_role("link", name="finds-a Ltd")).to_be_visible()
    admin.get_by_label("Search").fill("FINDS needle")
    admin.get_by_role("button", name="Show").click()
    expect(admin.get_by_role("link", name="finds-a Ltd")).to_be_visible()
    expect(admin.get_by_role("link", name="finds-b Ltd")).to_have_count(0)
    assert "q=FINDS+needle" in admin.url
    admin.goto(f"{stand.url}/partners?q=finds&standing=due")
    expect(admin.get_by_role("link", name="finds-b Ltd")).to_be_visible()
    expect(admin.get_by_role("link", name="finds-a Ltd")).to_have_count(0)
    expect(admin.get_by_role("row", name="finds-b")).to_contain_text("Suspended")
    admin.goto(f"{stand.url}/partners?q=finds&category=financial")
    expect(admin.get_by_text("No partner is like that.")).to_be_visible()
    assert admin.get_by_label("May receive").input_value() == "financial"


def test_an_auditor_reads_and_changes_nothing(stand: Stand, browser: Browser, people: dict[str, Client]) -> None:
    (page,) = [context_of(browser, people[AUDITOR]).new_page()]
    page.goto(f"{stand.url}/partners/entry/example-hospitals")
    expect(page.get_by_text("Sharing agreement")).to_be_visible()
    expect(page.get_by_role("link", name="Change")).to_have_count(0)
    for path in ("add", "import", "entry/example-hospitals/edit", "entry/example-hospitals/end", "history/1/restore"):
        answer = people[AUDITOR].ask(f"/partners/{path}")
        assert (answer.status, "does not have the role" in answer.text) == (403, True), path
    page.context.close()


def test_the_table_that_is_downloaded_calculates_nothing_and_can_be_imported(
    stand: Stand, people: dict[str, Client]
) -> None:
    change(stand, "formula", notes="=1+1")
    answer = people[AUDITOR].ask("/partners/export.csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    (row,) = [row for row in csv.DictReader(io.StringIO(answer.text)) if row["id"] == "formula"]
    assert row["notes"] == "'=1+1"


# --------------------------------------------------------------------------------------------------
# Changing
# --------------------------------------------------------------------------------------------------


def test_a_partner_is_added_changed_and_ended_in_ones_own_name(stand: Stand, admin: Page) -> None:
    admin.goto(f"{stand.url}/partners")
    admin.get_by_role("button", name="Add a partner").click()
    admin.get_by_label("Name in rules and records").fill("Acme!")
    admin.get_by_label("Organisation").fill(HOSTILE)
    admin.get_by_label("Domains", exact=True).fill("acme.example\nacme-two.example")
    admin.get_by_label("Owner", exact=True).fill("jo@council.example")
    admin.get_by_label("Contact", exact=True).check()
    admin.get_by_label("Review by").fill(NEXT_YEAR)
    admin.get_by_role("button", name="Save").click()
    alert = admin.get_by_role("alert")
    expect(alert).to_contain_text("String should match pattern")
    expect(alert).to_contain_text("Say why, for whoever reads the record later")
    assert admin.get_by_label("Organisation").input_value() == HOSTILE, "nothing that was typed is lost"
    admin.get_by_label("Name in rules and records").fill("acme")
    admin.get_by_label("Why?").fill("agreement signed")
    admin.get_by_role("button", name="Save").click()
    assert title(admin) == HOSTILE
    expect(admin.get_by_text("is in force")).to_be_visible()
    entry = shown(stand, "acme")
    assert (entry["domains"], entry["may_receive"]) == (["acme.example", "acme-two.example"], ["contact"])
    assert (newest(stand).author, newest(stand).reason) == (f"user:{ADMIN}", "agreement signed")

    admin.get_by_role("button", name="Change").click()
    admin.get_by_label("Organisation").fill("Acme Ltd")
    admin.get_by_label("May receive data about ten or more people at once").check()
    admin.get_by_label("How that was verified").fill("their certificate")
    admin.get_by_label("Status").select_option("suspended")
    admin.get_by_label("Why?").fill("lost parcel")
    admin.get_by_role("button", name="Save").click()
    assert title(admin) == "Acme Ltd"
    history = admin.locator("main").inner_text().split("What was changed, by whom and why")[1]
    assert re.search(r"Before: \W*<script>alert\(1\)</script> \W*After: \W*Acme Ltd", " ".join(history.split())), (
        history
    )
    assert history.index("lost parcel") < history.index("agreement signed")
    assert f"by user:{ADMIN}" in history
    actions = [str(v) for (v,) in stand.gateway.rows('SELECT verb FROM store_audit WHERE body LIKE \'%"id":"acme"%\'')]
    assert sorted(actions) == ["partners:added", "partners:suspended"]

    admin.get_by_role("button", name="End this entry today").click()
    admin.get_by_role("button", name="End it").click()
    expect(admin.get_by_role("alert")).to_contain_text("Say why")
    admin.get_by_label("Why?").fill("contract ended")
    admin.get_by_role("button", name="End it").click()
    assert shown(stand, "acme")["grace_days"] == 0


def test_what_does_not_hold_together_with_other_rules_is_refused(stand: Stand, admin: Page) -> None:
    change(stand, "together")
    admin.goto(f"{stand.url}/partners/entry/together/edit")
    admin.get_by_label("Domains", exact=True).fill("gmail.com\ntogether.example")
    admin.get_by_label("Why?").fill("they moved")
    admin.get_by_role("button", name="Save").click()
    expect(admin.get_by_role("alert")).to_contain_text("“gmail.com” is a consumer provider")
    assert shown(stand, "together")["domains"] == ["together.example"]


def test_two_who_change_one_entry_see_both_changes_and_none_is_lost(stand: Stand, admin: Page, second: Page) -> None:
    change(stand, "both")
    for page in (admin, second):
        page.goto(f"{stand.url}/partners/entry/both/edit")
    second.get_by_label("Purpose").fill("of the second")
    second.get_by_label("Why?").fill("as they ask")
    second.get_by_role("button", name="Save").click()
    assert title(second) == "both Ltd"
    change(stand, "elsewhere")

    admin.get_by_label("Agreement").fill("ISA-7")
    admin.get_by_label("Why?").fill("renewed in May")
    admin.get_by_role("button", name="Save").click()
    expect(admin.get_by_role("alert")).to_contain_text("Somebody else changed this entry while you did")
    theirs = admin.get_by_role("region", name="What they changed")
    expect(theirs).to_contain_text("of the second")
    expect(admin.get_by_role("region", name="What saving this form would change")).to_contain_text("ISA-7")
    assert shown(stand, "both")["purpose"] == "of the second"
    assert "agreement" not in shown(stand, "both")
    assert admin.get_by_label("Agreement").input_value() == "ISA-7"
    assert admin.get_by_label("Why?").input_value() == "renewed in May"
    admin.get_by_label("Purpose").fill("of the second")
    admin.get_by_role("button", name="Save").click()
    assert title(admin) == "both Ltd"
    entry = shown(stand, "both")
    assert (entry["purpose"], entry["agreement"]) == ("of the second", "ISA-7")


def test_a_change_elsewhere_in_the_registry_is_no_conflict(stand: Stand, admin: Page) -> None:
    change(stand, "calm")
    change(stand, "storm")
    admin.goto(f"{stand.url}/partners/entry/calm/edit")
    change(stand, "storm", notes="meanwhile")
    admin.get_by_label("Purpose").fill("calm")
    admin.get_by_label("Why?").fill("as they ask")
    admin.get_by_role("button", name="Save").click()
    assert title(admin) == "calm Ltd"
    assert (shown(stand, "calm")["purpose"], shown(stand, "storm")["notes"]) == ("calm", "meanwhile")


def test_an_earlier_version_is_restored_after_its_difference_was_seen(stand: Stand, admin: Page) -> None:
    change(stand, "restored")
    number = newest(stand).number
    change(stand, "restored", notes="a slip")
    admin.goto(f"{stand.url}/partners/history")
    admin.get_by_role("link", name=f"Version {number}", exact=True).click()
    expect(admin.get_by_text("Added: restored")).to_be_visible()
    admin.get_by_role("button", name="Restore this version").click()
    expect(admin.locator("del")).to_contain_text("a slip")
    change(stand, "restored", notes="another")
    admin.get_by_label("Why?").fill("it was a slip")
    admin.get_by_role("button", name="Restore it").click()
    expect(admin.get_by_role("alert")).to_contain_text("Somebody else changed the registry meanwhile")
    expect(admin.locator("del")).to_contain_text("another")
    admin.get_by_role("button", name="Restore it").click()
    expect(admin.get_by_text("is in force")).to_be_visible()
    assert "notes" not in shown(stand, "restored")
    assert newest(stand).reason == "it was a slip"


def propose(stand: Stand, by: str, id_: str, **values: object) -> int:
    """What waits for a second administrator where the configuration asks for one."""

    def work(config: Config, store: Store) -> int | None:
        rules = in_force(config, store)
        entry = checked(registry.changed(rules.entry(id_), values))
        text = registry.text_of(registry.with_entry(rules.entries, entry))
        return store.propose_rules(registry.FILE, text, author=by, reason="for a test", base=rules.number)

    number = in_store(stand.gateway, work)
    assert number is not None
    return number


def test_nobody_approves_their_own_change_and_another_sees_all_of_it(stand: Stand, admin: Page, second: Page) -> None:
    change(stand, "two-eyes")
    number = propose(stand, f"user:{ADMIN}", "two-eyes", notes="four eyes")
    admin.goto(f"{stand.url}/partners")
    admin.get_by_role("link", name="Changes that wait for a second administrator: 1").click()
    admin.get_by_role("link", name=f"Proposal {number}").click()
    admin.get_by_role("button", name="Put it in force").click()
    expect(admin.get_by_role("alert")).to_contain_text("another administrator must approve it")
    assert "notes" not in shown(stand, "two-eyes")
    second.goto(f"{stand.url}/partners/proposals/{number}")
    expect(second.locator("ins")).to_contain_text("four eyes")
    second.get_by_role("button", name="Put it in force").click()
    assert title(second) == "All versions of the registry"
    assert shown(stand, "two-eyes")["notes"] == "four eyes"
    assert newest(stand).reason == f"for a test (approved by user:{SECOND})"
    refused = propose(stand, f"user:{ADMIN}", "two-eyes", notes="not so")
    second.goto(f"{stand.url}/partners/proposals/{refused}")
    second.get_by_role("button", name="Refuse it").click()
    expect(second.get_by_text("Nothing waits.")).to_be_visible()
    assert shown(stand, "two-eyes")["notes"] == "four eyes"


# --------------------------------------------------------------------------------------------------
# Tables
# --------------------------------------------------------------------------------------------------


def test_a_table_shows_what_it_would_change_before_it_does(stand: Stand, admin: Page, tmp_path: Path) -> None:
    change(stand, "tabled")
    table = tmp_path / "list.csv"
    new = f"tabled-new,=Cmd Ltd,tabled-new.example,statutory,jo@council.example,name; contact,2026-01-01,{NEXT_YEAR}"
    head = "id,organisation,domains,basis,owner,may_receive,valid_from,review_by"
    table.write_text(f"{head}\r\n{new}\r\n", encoding="utf-8-sig")
    admin.goto(f"{stand.url}/partners/import")
    before = newest(stand).number
    admin.get_by_label("File").set_input_files(table)
    admin.get_by_role("button", name="Show what would change").click()
    expect(admin.get_by_text("Added: tabled-new")).to_be_visible()
    assert newest(stand).number == before
    admin.get_by_role("button", name="Put it in force").click()
    expect(admin.get_by_role("alert")).to_contain_text("Say why")
    admin.get_by_label("Why?").fill("accredited list of May")
    admin.get_by_role("button", name="Put it in force").click()
    expect(admin.get_by_text("is in force")).to_be_visible()
    assert shown(stand, "tabled-new")["organisation"] == "=Cmd Ltd"
    assert shown(stand, "tabled")["organisation"] == "tabled Ltd", "what the table lacks stays"


def test_every_fault_of_a_table_is_told_with_its_line(stand: Stand, admin: Page, tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    table.write_text("id,basis,owner\na-one,statutory,jo@council.example\nB!,friendship,\n", encoding="utf-8")
    version = newest(stand).number
    admin.goto(f"{stand.url}/partners/import")
    admin.get_by_role("button", name="Show what would change").click()
    expect(admin.get_by_role("alert")).to_contain_text("Choose a file")
    admin.get_by_label("File").set_input_files(table)
    admin.get_by_role("button", name="Show what would change").click()
    lines = {(row[0], row[1].split(":")[0]) for row in _cells(admin)}
    assert {("2", "organisation"), ("2", "review_by"), ("3", "id"), ("3", "basis"), ("3", "owner")} <= lines
    assert newest(stand).number == version


@pytest.mark.parametrize("octets", [b"\xff\xfe\x00", b'id,notes\na,"\x00', b"\x00" * 99, b"", b"id\n" + b"a" * 200_000])
def test_what_is_no_table_is_told_in_words(stand: Stand, admin: Page, tmp_path: Path, octets: bytes) -> None:
    table = tmp_path / "list.csv"
    table.write_bytes(octets)
    admin.goto(f"{stand.url}/partners/import")
    admin.get_by_label("File").set_input_files(table)
    admin.get_by_role("button", name="Show what would change").click()
    assert "problem with the service" not in admin.locator("body").inner_text()


def _cells(page: Page) -> list[list[str]]:
    return [row.locator("td").all_inner_texts() for row in page.locator("tbody tr").all()]


# --------------------------------------------------------------------------------------------------
# For everybody
# --------------------------------------------------------------------------------------------------

PATHS = (
    *("", "?q=nobody-at-all", "/add", "/import", "/history", "/history/1", "/history/1/restore", "/proposals"),
    *("/entry/example-hospitals", "/entry/example-hospitals/edit", "/entry/example-hospitals/end"),
)


def test_every_page_is_for_everybody(stand: Stand, looked_at: Page) -> None:
    for path in PATHS:
        looked_at.goto(f"{stand.url}/partners{path}")
        look(looked_at)
    for path in ("/add", "/entry/example-hospitals/end", "/import"):
        looked_at.goto(f"{stand.url}/partners{path}")
        looked_at.locator("main button[type=submit]").first.click()
        look(looked_at)


def test_every_page_is_in_welsh(stand: Stand, looked_at: Page) -> None:
    """All but what people wrote into the entries, which is English in the samples."""
    looked_at.goto(f"{stand.url}/partners?lang=cy")
    assert title(looked_at) == "Partneriaid"
    for path in ("?q=neb", "/import", "/proposals"):
        looked_at.goto(f"{stand.url}/partners{path}")
        look_in_welsh(looked_at)
    looked_at.goto(f"{stand.url}/partners/add")
    look(looked_at, "cy")
    looked_at.get_by_role("button", name="Cadw").click()
    expect(looked_at.get_by_role("alert")).to_contain_text("Mae problem")
    looked_at.goto(f"{stand.url}/partners?lang=en")


def test_a_partner_is_changed_by_keyboard_alone(stand: Stand, admin: Page) -> None:
    change(stand, "keys")
    admin.goto(f"{stand.url}/partners/entry/keys/edit")
    for _ in range(60):
        admin.keyboard.press("Tab")
        if admin.locator("#purpose:focus").count():
            admin.keyboard.type("by keyboard")
        if admin.locator("#reason:focus").count():
            admin.keyboard.type("without a mouse")
        if admin.locator("main button[type=submit]:focus").count():
            break
    admin.keyboard.press("Enter")
    expect(admin.get_by_role("heading", level=1)).to_have_text("keys Ltd")  # a key is not waited for
    assert shown(stand, "keys")["purpose"] == "by keyboard"
