"""The sender's pages in Welsh: all of them, to their last word, and back to English by a link."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import AT_RISK, HOUSING, Stand
from tests.console.test_accessibility import look
from tests.support.client_mail import STRANGER
from tests.support.waiting import BROWSER_MS

AUTHOR = "cy.jones@council.example"
# Words of English that no Welsh word is spelled like.
_ENGLISH = re.compile(
    r"\b(?:the|of|to|and|is|it|was|be|not|this|your|you|we|will|for|that|page|message|sent|held|why|can|code|send)\b",
    re.IGNORECASE,
)
_VALUES = re.compile(r"\S+@\S+|unapproved-high|Example Council|English")


@pytest.fixture
def phone(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 320, "height": 800})
    context.set_default_timeout(BROWSER_MS)
    yield context.new_page()
    context.close()


def look_in_welsh(page: Page) -> None:
    look(page, "cy")
    text = f"{page.title()} {page.locator('body').inner_text()}"
    assert _ENGLISH.findall(_VALUES.sub("", text)) == [], text
    expect(page.get_by_role("link", name="English", exact=True)).to_have_attribute("lang", "en-GB")


def test_the_whole_journey_is_in_welsh(stand: Stand, phone: Page) -> None:
    page = phone
    link = stand.hold("yn-gymraeg", STRANGER, author=AUTHOR)
    notice = stand.mail_to(AUTHOR, "NOT SENT")
    assert f"{link}?lang=cy" in notice.split("* * *")[0]
    assert f"{link}?lang=en" in notice.split("* * *")[1]
    page.goto(f"{link}?lang=cy")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mewngofnodwch i weld eich neges a ddaliwyd")
    look_in_welsh(page)
    page.get_by_role("button", name="E-bostiwch god ataf").click()
    look_in_welsh(page)
    for typed in ("", "gair", "000000"):
        page.get_by_label("Cod").fill(typed)
        page.get_by_role("button", name="Mewngofnodi").click()
        expect(page.get_by_role("alert")).to_contain_text("Mae problem")
        look_in_welsh(page)
    page.get_by_role("button", name="E-bostiwch god newydd ataf").click()
    expect(page.get_by_role("alert")).to_contain_text("Gofynnwyd am ormod o godau. Rhowch gynnig arall arni ar ôl dydd")
    look_in_welsh(page)
    page.goto(f"{link}sign-in")
    code = re.search(r"Eich cod yw (\d+)", stand.mail_to(AUTHOR, "Eich cod"))
    assert code is not None
    page.get_by_label("Cod").fill(code[1])
    page.get_by_role("button", name="Mewngofnodi").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mae eich neges e-bost yn cael ei dal ar gyfer gwiriad")
    expect(page.get_by_text("Mae'r neges hon yn datgelu data (hunaniaeth), neu fanylion sawl person.")).to_be_visible()
    expect(page.get_by_text("Rhif GIG", exact=True)).to_be_visible()
    look_in_welsh(page)
    for leads_to in ("release", "review", "withdraw"):
        page.goto(link + leads_to)
        look_in_welsh(page)
    page.goto(f"{link}review")
    page.get_by_role("button", name="Gofyn i adolygydd").click()
    expect(page.get_by_role("alert")).to_contain_text("Ysgrifennwch pam y caniateir ei hanfon")
    look_in_welsh(page)
    page.get_by_label("Pam y caniateir ei hanfon?").fill("Mae'r ysbyty wedi gofyn am hyn.")
    page.get_by_role("button", name="Gofyn i adolygydd").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Gwnaethoch ofyn i adolygydd edrych arni")
    look_in_welsh(page)
    page.goto(f"{link}nowhere")
    look_in_welsh(page)
    page.get_by_role("link", name="Hygyrchedd y tudalennau hyn").click()
    expect(page.get_by_text("Mae'r tudalennau yn Gymraeg ac yn Saesneg.")).to_be_visible()
    look_in_welsh(page)


def test_a_link_on_every_page_changes_the_language_and_it_stays(stand: Stand, phone: Page) -> None:
    page = phone
    author = "cy.ifans@council.example"
    link = stand.hold("newid", STRANGER, author=author)
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to see your held e-mail")
    page.get_by_role("button", name="E-mail me a code").click()
    page.get_by_role("link", name="Cymraeg").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Teipiwch y cod a anfonwyd atoch")
    page.goto(f"{stand.url}/accessibility")
    assert page.locator("html").get_attribute("lang") == "cy"
    page.goto(link)
    page.get_by_role("button", name="E-bostiwch god ataf").click()
    page.get_by_role("link", name="English").click()  # of a page that only a form leads to
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to see your held e-mail")
    (cookie,) = [one for one in page.context.cookies() if one["name"] == "lang"]
    assert (cookie["value"], cookie["httpOnly"], cookie["sameSite"]) == ("en", True, "Lax")


def test_a_language_that_nobody_speaks_here_changes_nothing(stand: Stand, phone: Page) -> None:
    phone.goto(f"{stand.url}/accessibility?lang=fr")
    look(phone)
    assert [one for one in phone.context.cookies() if one["name"] == "lang"] == []


def test_the_page_for_an_emergency_is_in_welsh(stand: Stand, phone: Page) -> None:
    author = "a.rgyfwng@council.example"
    link = stand.hold("argyfwng", HOUSING, author=author, text=AT_RISK)
    stand.sign_in(phone, link, author)
    phone.goto(f"{link}?lang=cy")
    expect(phone.get_by_role("link", name="Mae rhywun mewn perygl nawr: anfonwch hi")).to_be_visible()
    phone.goto(f"{link}urgent")
    look_in_welsh(phone)
    phone.get_by_role("button", name="Anfonwch hi nawr").click()
    look_in_welsh(phone)
