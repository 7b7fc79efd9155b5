"""The page of figures, over a gateway that has held something."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import Stand
from tests.console.test_accessibility import look
from tests.support.client_mail import STRANGER
from tests.support.staff import Client, account, add_accounts, signed_in
from tests.support.staff_browser import context_of
from tests.support.waiting import wait_until


@pytest.fixture(scope="module")
def auditor(stand: Stand) -> Client:
    """Two holds of which a reviewer rejected one."""
    for name in ("counted-one", "counted-two"):
        stand.hold(name, STRANGER, author="c.ounted@council.example")
    held = stand.gateway.rows(
        "SELECT id FROM store_delivery WHERE kind = 'hold' AND state = 'held' ORDER BY created_at"
    )
    ran = stand.gateway.run("holds", "reject", str(held[-1][0]), "--reason", "not to be sent")
    assert ran.returncode == 0, ran.stderr
    wait_until(lambda: stand.gateway.rows("SELECT 1 FROM store_delivery WHERE state = 'rejected'"), "the rejection")
    add_accounts(stand.gateway, [account("i.auditor", "auditor"), account("i.reviewer", "reviewer")])
    return signed_in(stand.url, "i.auditor")


@pytest.fixture
def looked_at(browser: Browser, auditor: Client) -> Iterator[Page]:
    context = context_of(browser, auditor, scripts=True)
    yield context.new_page()
    context.close()


def test_the_figures_are_those_of_what_was_held(stand: Stand, looked_at: Page) -> None:
    page = looked_at
    page.goto(stand.url)
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Figures").click()
    ((held,),) = stand.gateway.rows("SELECT count(*) FROM store_delivery WHERE kind = 'hold' AND state != 'dropped'")
    expect(page.locator("dl").get_by_text(str(held), exact=True)).to_be_visible()
    expect(page.get_by_role("img", name="Bars: how many were held on each day")).to_be_visible()
    assert page.locator("svg rect").count() == 29
    row = page.get_by_role("row", name="unapproved-high")
    expect(row.get_by_role("cell").nth(3)).not_to_have_text("0")
    expect(page.get_by_role("row", name="external")).to_have_count(0)  # it only adds the disclaimer
    expect(page.get_by_role("link", name="Oldtown Surveyors")).to_be_visible()
    page.get_by_text("The same as a table").click()
    expect(page.get_by_role("table", name="Held by day").get_by_role("row").last).to_contain_text(str(held))
    names = {str(name) for (name,) in stand.gateway.rows("SELECT name FROM store_user WHERE name != 'i.auditor'")}
    text = page.locator("main").inner_text()
    assert [name for name in names if name in text] == [], "nobody is named"
    look(page)
    page.goto(f"{stand.url}/insight?days=7&lang=cy")
    look(page, "cy")
    assert page.get_by_role("heading", level=1).inner_text() == "Ffigurau"
    page.goto(f"{stand.url}/insight?days=nonsense&lang=en")
    look(page)


def test_tables_can_be_downloaded(auditor: Client) -> None:
    days = list(csv.DictReader(io.StringIO(auditor.ask("/insight/days.csv?days=7").text)))
    rules = {row["rule"]: row for row in csv.DictReader(io.StringIO(auditor.ask("/insight/rules.csv").text))}
    assert sum(int(row["held"]) for row in days if row["rule"] == "unapproved-high") == int(
        rules["unapproved-high"]["held"]
    )
    assert int(rules["unapproved-high"]["rejected"]) >= 1
    assert float(rules["unapproved-high"]["false_positive_rate"]) <= 1


def test_reviewers_have_no_figures(stand: Stand, auditor: Client) -> None:
    assert auditor.ask("/insight").status == 200
    assert signed_in(stand.url, "i.reviewer").ask("/insight").status == 403
