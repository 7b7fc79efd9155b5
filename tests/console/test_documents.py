"""Documents whose passages must not go out unseen: registered, compared and taken off in the console."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from dlp_gateway.web.settings import DOCUMENT_BYTES
from tests.console.conftest import Stand
from tests.console.test_accessibility import look
from tests.support.client_mail import STRANGER
from tests.support.staff import Client, account, add_accounts, signed_in
from tests.support.staff_browser import context_of
from tests.support.waiting import wait_until

ADMIN, OTHER, AUDITOR, REVIEWER = "d.admin", "d.other", "d.auditor", "d.reviewer"
ROLES = {ADMIN: "administrator", OTHER: "administrator", AUDITOR: "auditor", REVIEWER: "reviewer"}
DOCUMENT = Path(__file__).parents[1] / "documents" / "planted.docx"
BULLETIN = (
    "Colleagues will want to know that the move of the housing teams to the third floor begins on Monday. Crates are "
    "delivered on Friday morning, and every desk must be cleared by four. Parking behind the depot is closed for the "
    "week, so please use the car park in Mill Lane and allow ten minutes for the walk. Questions go to the moves desk."
)
TYPED = "Hi,\r\n\r\n> " + BULLETIN[90:330].upper().replace(" THE ", "\r\n> THE ") + "\r\n\r\nSee you there"


@pytest.fixture(scope="module")
def people(stand: Stand) -> dict[str, Client]:
    add_accounts(stand.gateway, [account(name, role, email=f"{name}@council.example") for name, role in ROLES.items()])
    return {name: signed_in(stand.url, name) for name in ROLES}


@pytest.fixture
def admin(browser: Browser, people: dict[str, Client]) -> Iterator[Page]:
    """With scripts, for the checking program; `test_without_scripts` shows that the pages need none."""
    context = context_of(browser, people[ADMIN], scripts=True)
    yield context.new_page()
    context.close()


def registered(stand: Stand, name: str) -> list[str]:
    rows = stand.gateway.rows(
        f"SELECT document FROM store_registereddocument WHERE name = '{name}' AND removed_at IS NULL ORDER BY id"
    )
    return [str(identity) for (identity,) in rows]


def fill(page: Page, url: str, name: str, text: str, kind: str = "Internal", **more: str) -> None:
    page.goto(f"{url}/documents/register")
    given = {"name": "bulletin.txt", "mimeType": "text/plain", "buffer": text.encode()}
    page.get_by_label("Document", exact=True).set_input_files(given)  # type: ignore[arg-type]
    page.get_by_label("Name").fill(name)
    page.get_by_label(kind).check()
    if "partner" in more:
        page.get_by_label("Whose content is it?").select_option(more["partner"])
    page.get_by_label("Why?").fill("sent to all staff today")
    page.get_by_role("button", name="Register").click()


def heading(page: Page, words: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(words, timeout=60_000)


def test_a_passage_of_what_was_registered_is_held_until_it_is_taken_off(stand: Stand, admin: Page) -> None:
    page = admin
    page.goto(stand.url)
    page.get_by_role("link", name="Documents", exact=True).first.click()
    heading(page, "Registered documents")
    look(page)
    page.get_by_role("button", name="Register a document").click()
    look(page)
    fill(page, stand.url, "Staff news 7", BULLETIN)
    heading(page, "The document is registered")
    expect(page.get_by_text("Staff news 7: 64 words")).to_be_visible()
    look(page)
    page.get_by_role("link", name="All registered documents").click()
    row = page.get_by_role("row").filter(has_text="Staff news 7")
    for words in ("Internal", "by user:d.admin", "sent to all staff today"):
        expect(row).to_contain_text(words)
    look(page)

    page.get_by_role("button", name="Is this text known?").click()
    look(page)
    page.get_by_label("Text", exact=True).fill(TYPED)

    def compared() -> bool:
        page.goto(f"{stand.url}/documents/compare")
        page.get_by_label("Text", exact=True).fill(TYPED)
        page.get_by_role("button", name="Compare").click()
        return page.get_by_role("heading", level=1).inner_text() == "It is known"

    wait_until(compared, "workers that know it", seconds=60)
    expect(page.get_by_text("Staff news 7 (Internal): about")).to_be_visible()
    look(page)
    stand.hold("moves", STRANGER, author="m.oves@council.example", text=TYPED)

    page.goto(f"{stand.url}/documents")
    page.get_by_role("row").filter(has_text="Staff news 7").get_by_role("link").click()
    look(page)
    page.get_by_role("button", name="Take it off").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why")
    look(page)
    assert len(registered(stand, "Staff news 7")) == 1, "nothing happens without a reason"
    page.get_by_label("Why?").fill("the move is over")
    page.get_by_role("button", name="Take it off").click()
    expect(page.get_by_text("no longer registered")).to_be_visible()
    assert registered(stand, "Staff news 7") == []

    def unknown() -> bool:
        compared()
        return page.get_by_role("heading", level=1).inner_text() == "It is not known"

    wait_until(unknown, "workers that no longer know it", seconds=60)
    look(page)
    verbs = [str(v) for (v,) in stand.gateway.rows("SELECT verb FROM store_audit WHERE actor = 'user:d.admin'")]
    assert verbs.count("document:registered") == 1
    assert verbs.count("document:removed") == 1
    assert "document:tried" in verbs
    for path in [*stand.gateway.folder.glob("exact-match/*"), *stand.gateway.folder.glob("gateway.db*")]:
        assert b"moves desk" not in path.read_bytes().lower(), path
    assert "moves desk" not in stand.gateway.log().lower()


def test_what_is_wrong_is_said_at_its_field(stand: Stand, admin: Page) -> None:
    page = admin
    page.goto(f"{stand.url}/documents/register")
    page.get_by_role("button", name="Register").click()
    alert = page.get_by_role("alert")
    for words in ("Choose a document", "Choose what it is", "Say why"):
        expect(alert).to_contain_text(words)
    look(page)
    large = {"name": "large.txt", "mimeType": "text/plain", "buffer": b"x" * (DOCUMENT_BYTES + 1)}
    page.get_by_label("Document", exact=True).set_input_files(large)  # type: ignore[arg-type]
    page.get_by_role("button", name="Register").click()
    expect(page.get_by_role("alert")).to_contain_text("larger than 4 MB")
    fill(page, stand.url, "Of nobody", BULLETIN, "Content of a partner")
    expect(page.get_by_role("alert")).to_contain_text("Choose whose content it is")
    fill(page, stand.url, "Too short", "Just a few words.")
    heading(page, "It was not registered")
    expect(page.get_by_text("too few words")).to_be_visible()
    look(page)
    page.goto(f"{stand.url}/documents/register")
    broken = {"name": "plan.zip", "mimeType": "application/zip", "buffer": b"PK\3\4broken"}
    page.get_by_label("Document", exact=True).set_input_files(broken)  # type: ignore[arg-type]
    page.get_by_label("Internal").check()
    page.get_by_label("Why?").fill("sent to all staff")
    page.get_by_role("button", name="Register").click()
    heading(page, "It was not registered")
    expect(page.get_by_text("Why: damaged")).to_be_visible()
    page.goto(f"{stand.url}/documents/compare")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("alert")).to_contain_text("Type a text or choose a document")
    look(page)


def test_without_scripts_and_by_the_name_of_the_file(
    stand: Stand, page: Page, browser: Browser, people: dict[str, Client]
) -> None:
    context = context_of(browser, people[ADMIN])
    page = context.new_page()
    page.goto(f"{stand.url}/documents/register")
    page.get_by_label("Document", exact=True).set_input_files(DOCUMENT)
    page.get_by_label("Content of a partner").check()
    page.get_by_label("Whose content is it?").select_option("example-hospitals")
    page.get_by_label("Why?").fill("came with the agreement")
    page.get_by_role("button", name="Register").click()
    heading(page, "The document is registered")
    (identity,) = registered(stand, "planted.docx")
    asked = page.url
    page.goto(f"{stand.url}/documents")
    expect(page.get_by_role("row").filter(has_text="planted.docx")).to_contain_text("Of a partner: Example Hospitals")
    context.close()
    assert people[OTHER].ask(asked).status == 404, "what became of it is told to whoever gave it"
    assert people[AUDITOR].ask("/documents").status == 200
    assert "Take it off" not in people[AUDITOR].ask("/documents").text
    for name in (AUDITOR, REVIEWER):
        for path in ("/documents/register", "/documents/compare", f"/documents/{identity}/remove", asked):
            assert people[name].ask(path).status == 403, (name, path)
    assert people[REVIEWER].ask("/documents").status == 403
    again = people[OTHER].send(f"/documents/{identity}/remove", {"reason": "by another administrator"})
    assert again.status == 302
    assert people[OTHER].ask(f"/documents/{identity}/remove").status == 404
    assert registered(stand, "planted.docx") == []


def test_in_welsh(stand: Stand, admin: Page) -> None:
    for path in ("documents", "documents/register", "documents/compare"):
        admin.goto(f"{stand.url}/{path}?lang=cy")
        look(admin, "cy")
