"""Auditors: the record searched, one case's whole story, the chains verified, an export that says so."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import Stand, message_of
from tests.console.test_accessibility import look
from tests.support.client_mail import STRANGER
from tests.support.staff import Client, account, add_accounts, signed_in
from tests.support.waiting import BROWSER_MS


@pytest.fixture(scope="module")
def auditor(stand: Stand) -> Client:
    add_accounts(stand.gateway, [account("a.uditor", "auditor")])
    return signed_in(stand.url, "a.uditor")


@pytest.fixture(scope="module")
def link(stand: Stand) -> str:
    return stand.hold("=cmd", STRANGER, author="=c.ase@council.example")


@pytest.fixture
def scripted(stand: Stand, browser: Browser, auditor: Client) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 320, "height": 800})
    context.add_cookies([{"name": name, "value": value, "url": stand.url} for name, value in auditor.cookies.items()])
    context.set_default_timeout(BROWSER_MS)
    yield context.new_page()
    context.close()


def test_the_record_is_searched_and_a_case_told_as_a_whole(stand: Stand, link: str, scripted: Page) -> None:
    page = scripted
    page.goto(stand.url)
    page.get_by_role("link", name="Record").first.click()
    look(page)
    page.get_by_label("Reference of an e-mail").fill(message_of(link))
    page.get_by_role("button", name="Search").click()
    assert f"message={message_of(link)}" in page.url
    verbs = page.locator("td[data-label=What]").all_inner_texts()
    assert verbs[0] == "message:recorded"
    assert "custody:taken" in verbs
    page.get_by_role("link", name=message_of(link)).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(message_of(link))
    expect(page.get_by_role("main")).to_contain_text(f"{STRANGER}: Waits")
    look(page)
    page.goto(f"{stand.url}/record?verb=user:signed_in&since=2020-01-01&until=2100-01-01")
    expect(page.get_by_role("main")).to_contain_text("user:a.uditor")
    assert set(page.locator("td[data-label=What]").all_inner_texts()) == {"user:signed_in"}
    page.goto(f"{stand.url}/record?until=2020-01-01&since=nonsense&after=x~y~z&verb=nothing")
    expect(page.get_by_text("The record has no such entry.")).to_be_visible()
    look(page)


def test_the_chains_are_computed_anew(stand: Stand, scripted: Page) -> None:
    scripted.goto(f"{stand.url}/record")
    scripted.get_by_role("button", name="Verify the record").click()
    expect(scripted.get_by_role("heading", level=1)).to_have_text("The record holds")
    look(scripted)
    assert stand.gateway.rows("SELECT actor FROM store_audit WHERE verb = 'audit:verified'")[-1] == ("user:a.uditor",)


def test_an_export_can_be_computed_anew_and_stands_in_the_record(stand: Stand, link: str, auditor: Client) -> None:
    form = {"form": "json", "message": message_of(link)}
    answer = auditor.send("/record/export", form, of="/record")
    assert answer.status == 200
    assert answer.headers["Content-Disposition"] == 'attachment; filename="record.jsonl"'
    entries = [json.loads(line) for line in answer.text.splitlines()]
    assert entries[0]["verb"] == "message:recorded"
    for one in entries:
        hashed = [one["writer"], one["n"], one["at"], one["verb"], one["actor"], one["message_id"], one["body"]]
        body = json.dumps(hashed, ensure_ascii=False, separators=(",", ":"))
        leaf = hashlib.sha256(b"\x00" + body.encode()).digest()
        assert hashlib.sha256(b"\x01" + bytes.fromhex(one["previous"]) + leaf).hexdigest() == one["hash"]
    rows = stand.gateway.rows("SELECT actor, body FROM store_audit WHERE verb = 'audit:exported'")
    assert rows[-1][0] == "user:a.uditor"
    assert message_of(link) in rows[-1][1]


def test_nothing_in_an_export_is_a_formula(auditor: Client) -> None:
    answer = auditor.send("/record/export", {"form": "csv"}, of="/record")
    rows = list(csv.reader(io.StringIO(answer.text, newline="")))
    assert rows[0][:4] == ["at", "verb", "actor", "message_id"]
    assert len(rows) > 10
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    assert auditor.send("/record/export", {"form": "xml"}, of="/record").status == 404


def test_nothing_is_exported_or_verified_by_get(auditor: Client) -> None:
    assert auditor.ask("/record/export").status == 405
    assert auditor.ask("/record/verify").status == 405
    assert auditor.ask("/record/message/no-such-message").status == 404
