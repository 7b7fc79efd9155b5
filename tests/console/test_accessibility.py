"""Every page for people with a telephone, a keyboard, or a screen reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import AT_RISK, HOUSING, Stand
from tests.support.client_mail import STRANGER
from tests.support.waiting import BROWSER_MS

AUTHOR = "p.hone@council.example"
WIDTHS = (320, 1280)
AXE = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
SERVICE = {"en-GB": "Mail check", "cy": "Gwiriad e-bost"}
WIDE = """[...document.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > 321 || e.scrollWidth > 321)
    .slice(-2).map(e => e.outerHTML.slice(0, 300)).join()"""
LONG = f"{'x' * 60}@{'y' * 50}.nobody.example"


@pytest.fixture
def scripted(browser: Browser) -> Iterator[Page]:
    """A page in which the checking program may run; the console itself sends no script."""
    context = browser.new_context(viewport={"width": 320, "height": 800})
    context.set_default_timeout(BROWSER_MS)
    yield context.new_page()
    context.close()


def look(page: Page, lang: str = "en-GB") -> None:
    """No fault that axe knows, nothing out of the window at any width, one main heading, a language, a title."""
    expect(page.locator("h1")).to_have_count(1)
    assert page.locator("html").get_attribute("lang") == lang
    assert page.title().endswith(f" – {SERVICE[lang]} – Example Council")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert overflow <= 0, f"{page.url.rsplit('/', 1)[1]} scrolls sideways at {width}: {page.evaluate(WIDE)}"
    found = Axe().run(page, options=AXE).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []


def test_every_page_of_the_journey(stand: Stand, scripted: Page) -> None:
    page = scripted
    link = stand.hold("looked-at", STRANGER, LONG, author=AUTHOR)
    page.goto(link)
    look(page)
    page.get_by_role("button", name="E-mail me a code").click()
    look(page)
    page.get_by_label("Code").fill("x")
    page.get_by_role("button", name="Sign in").click()
    look(page)
    _the_error_leads_to_its_field(page, "Code")
    page.get_by_label("Code").fill(stand.code_for(AUTHOR))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your e-mail is held for a check")
    look(page)
    for leads_to in ("withdraw", "release", "review"):
        page.goto(link + leads_to)
        look(page)
    page.get_by_role("button", name="Ask a reviewer").click()
    look(page)
    _the_error_leads_to_its_field(page, "Why may it be sent?")
    page.goto(f"{link}withdraw")
    _by_keyboard(page, lambda: page.evaluate("document.activeElement.textContent.trim()") == "Withdraw it")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("You withdrew the e-mail")
    look(page)
    page.goto(f"{link}nowhere")
    look(page)
    page.get_by_role("link", name="Accessibility of these pages").click()
    expect(page.get_by_text("have not been tested yet by people")).to_be_visible()
    look(page)


def test_the_page_for_an_emergency(stand: Stand, scripted: Page) -> None:
    author = "e.mergency@council.example"
    link = stand.hold("emergency", HOUSING, author=author, text=AT_RISK)
    stand.sign_in(scripted, link, author)
    look(scripted)
    scripted.get_by_role("link", name="Someone is at risk now").click()
    look(scripted)
    scripted.get_by_role("button", name="Send it now").click()
    look(scripted)
    _the_error_leads_to_its_field(scripted, "Why may it be sent?")


def test_the_checks_see_a_fault(stand: Stand, scripted: Page) -> None:
    """A check that finds nothing anywhere would prove nothing."""
    scripted.goto(f"{stand.url}/nowhere")
    scripted.evaluate("document.documentElement.removeAttribute('lang')")
    scripted.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input type=text>')")
    found = {one["id"] for one in Axe().run(scripted, options=AXE).response["violations"]}
    assert {"html-has-lang", "label"} <= found


def _the_error_leads_to_its_field(page: Page, label: str) -> None:
    field = page.get_by_label(label)
    page.get_by_role("alert").get_by_role("link").click()
    expect(field).to_be_focused()
    assert "error" in str(field.get_attribute("aria-describedby"))


def _by_keyboard(page: Page, reached: Callable[[], bool]) -> None:
    """Press Tab until it is reached; what has the focus must show it."""
    for _ in range(15):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement);"
            " return s.outlineStyle + s.boxShadow + s.backgroundColor; })()"
        )
        assert outline != "nonenonergba(0, 0, 0, 0)", "the focus is not to be seen"
        if reached():
            return
    raise AssertionError("can't be reached by keyboard")
