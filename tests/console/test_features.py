"""Nobody decides about a message that they stand in."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.console.conftest import AT_RISK, Stand
from tests.console.test_accessibility import look
from tests.console.test_api import ask, new_token
from tests.console.test_questions import held_of
from tests.support.client_mail import STRANGER
from tests.support.staff import account, add_accounts, signed_in
from tests.support.staff_browser import context_of
from tests.support.waiting import wait_until

LEAD, DEPUTY = "information.governance@council.example", "data.protection@council.example"


def test_whose_name_was_found_in_it_sees_it_and_decides_nothing(stand: Stand, browser: Browser) -> None:
    mrs_crowe = replace(account("e.crowe", "reviewer", email=LEAD), display_name="Edith Crowe")
    add_accounts(stand.gateway, [mrs_crowe, account("no.part", "reviewer", email=DEPUTY)])
    marks = marks_of_crowe(stand)
    link = stand.hold("features", STRANGER, author="tells.of.her@council.example", text=AT_RISK)
    held = held_of(stand, link)
    client = signed_in(stand.url, "e.crowe")
    context = context_of(browser, client, scripts=True)
    page = context.new_page()
    page.goto(f"{stand.url}/held/{held}")
    expect(page.get_by_text("Your name or address was found in this e-mail")).to_be_visible()
    expect(page.get_by_role("link", name="Release")).to_have_count(0)
    look(page)
    context.close()
    for way in ("release", "release/otherwise", "reject", "extend", "ask", "hand-over"):
        assert client.ask(f"/held/{held}/{way}").status == 403, way
    token = new_token(stand, "features", "e.crowe", "holds:read", "holds:decide")
    read = ask(stand, token, f"holds/{held}").value
    assert read["may_decide"] is False
    wish = {"version": read["version"], "reason": "It is about me, so let it go."}
    assert ask(stand, token, f"holds/{held}/release", "POST", wish).status == 403

    other = new_token(stand, "no-part", "no.part", "holds:read", "holds:decide")
    assert ask(stand, other, f"holds/{held}").value["may_decide"] is True

    forget_marks(stand.gateway.folder / "gateway.db")
    again = wait_until(lambda: marks_of_crowe(stand), "the gateway, which marks whoever is not marked")
    assert again == marks
    assert "crowe" not in marks.lower()


def marks_of_crowe(stand: Stand) -> str:
    ((marks,),) = stand.gateway.rows("SELECT marks FROM store_user WHERE name = 'e.crowe'")
    return str(marks)


def forget_marks(database: Path) -> None:
    connection = sqlite3.connect(database, timeout=10)
    connection.execute("UPDATE store_user SET marks = ''")
    connection.commit()
    connection.close()
