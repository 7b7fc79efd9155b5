"""What people do in the console by the keys Tab, Enter and Space alone: they see where they are, and get on."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

from tests.console.conftest import Stand, message_of
from tests.support.staff import account, add_accounts, signed_in
from tests.support.staff_browser import context_of
from tests.support.waiting import wait_until

AUTHOR, SENDER = "by.keys@council.example", "sends.by.keys@council.example"
FIRST, SECOND, ADMINISTRATOR, AUDITOR = "keys.first", "keys.second", "keys.admin", "keys.auditor"
MOST_STEPS = 120  # of the key Tab through one page

# The name that a screen reader says of what has the focus, whether it can be seen, and whether its focus can.
FOCUSED = """() => {
  const element = document.activeElement
  if (!element || element === document.body) return null
  const box = element.getBoundingClientRect(), style = getComputedStyle(element)
  const label = element.labels && element.labels.length ? element.labels[0].innerText : ''
  const beside = element.type === 'checkbox' || element.type === 'radio'
    ? getComputedStyle(element.nextElementSibling || element, '::before') : style
  const marked = one => (one.outlineStyle !== 'none' && parseFloat(one.outlineWidth) >= 2) || one.boxShadow !== 'none'
    || parseFloat(one.borderWidth) >= 3
  return {
    name: (element.getAttribute('aria-label') || label || element.innerText || element.value || '').trim(),
    tag: element.tagName, seen: box.width > 0 && box.height > 0, marked: marked(style) || marked(beside),
  }
}"""


class Keys:
    """Somebody without a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, name: str | re.Pattern[str]) -> None:
        """Go on by Tab until what is called so has the focus, all the way round if need be."""
        passed = []
        for _ in range(MOST_STEPS):
            self.page.keyboard.press("Tab")
            focused = self.page.evaluate(FOCUSED)
            if focused is None:  # the end of the page: Tab goes to its beginning again
                continue
            assert focused["seen"], f"{focused['name']!r} on {self.page.url} has the focus and can't be seen"
            assert focused["marked"], f"the focus on {focused['name']!r} on {self.page.url} can't be seen"
            passed.append(focused["name"])
            if re.search(name, focused["name"]) if isinstance(name, re.Pattern) else focused["name"] == name:
                return
        raise AssertionError(f"no key leads to {name!r} on {self.page.url}; passed: {passed}")

    def follow(self, name: str | re.Pattern[str]) -> None:
        """Go there and press Enter, which opens another page."""
        self.to(name)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def choose(self, name: str | re.Pattern[str]) -> None:
        self.to(name)
        self.page.keyboard.press("Space")

    def write(self, name: str | re.Pattern[str], text: str) -> None:
        self.to(name)
        self.page.keyboard.type(text)

    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def skip(self) -> None:
        """The first thing on every page leads past its bar."""
        self.page.keyboard.press("Tab")
        assert self.page.evaluate(FOCUSED)["name"] == "Skip to main content"
        self.page.keyboard.press("Enter")
        assert self.page.evaluate("location.hash") == "#main-content"
        self.page.keyboard.press("Tab")
        assert self.page.evaluate("document.getElementById('main-content').contains(document.activeElement)")


@contextmanager
def keys_of(browser: Browser, stand: Stand, name: str) -> Iterator[Keys]:
    context = context_of(browser, signed_in(stand.url, name))
    page = context.new_page()
    page.goto(stand.url)
    yield Keys(page)
    context.close()


def test_two_reviewers(stand: Stand, browser: Browser) -> None:
    """One releases what needs two, the other agrees."""
    add_accounts(
        stand.gateway,
        [
            account(FIRST, "reviewer", email="information.governance@council.example"),
            account(SECOND, "reviewer", email="data.protection@council.example"),
        ],
    )
    two = message_of(stand.hold("keys-two", "two.by.keys@nobody.example", author=AUTHOR))
    approvals(stand, two)
    for name, approved in ((FIRST, 1), (SECOND, 2)):
        with keys_of(browser, stand, name) as keys:
            keys.follow("Held e-mail")
            keys.skip()
            keys.write(re.compile("^Search addresses"), two)
            keys.follow("Search")
            keys.follow(two)
            keys.follow("Release")
            keys.write(re.compile("^Why"), "The resident asked for it.")
            keys.follow(re.compile("^(Release|Approve)"))
            steps = [verb for verb, _ in stand.audit(two)]
            assert steps.count("held:approved") + steps.count("held:release_requested") == approved, keys.heading()
            keys.follow("Sign out")
    wait_until(lambda: ("held:released", "gateway") in stand.audit(two), "the release that two agreed to")


def approvals(stand: Stand, message_id: str) -> None:
    """As if the rule that holds it asked for two."""
    connection = sqlite3.connect(stand.gateway.folder / "gateway.db", timeout=10)
    with connection:
        connection.execute(
            "UPDATE store_delivery SET approvals = 2 WHERE message_id = ? AND kind = 'hold'", [message_id]
        )
    connection.close()


def test_an_administrator_and_an_auditor(stand: Stand, browser: Browser) -> None:
    add_accounts(stand.gateway, [account(ADMINISTRATOR, "administrator"), account(AUDITOR, "auditor")])
    with keys_of(browser, stand, ADMINISTRATOR) as keys:
        keys.follow("Partners")
        keys.skip()
        keys.follow(re.compile("Example Hospitals"))
        keys.follow(re.compile("^(Change|Edit)"))
        keys.write("Purpose", " and wards")
        keys.write(re.compile("^(Why|Reason)"), "More wards take part.")
        keys.follow(re.compile("^Save"))
        assert "and wards" in keys.page.locator("main").inner_text()
        keys.follow("Rules")
        keys.follow(re.compile("^unapproved-high"))
        keys.follow("Documents")
        keys.follow("Is this text known?")
        keys.write("Text", "Nothing of this stands in a document that is registered here, by keys or otherwise.")
        keys.follow("Compare")
        assert keys.heading() == "It is not known"
        keys.follow("Sign out")
    with keys_of(browser, stand, AUDITOR) as keys:
        keys.follow("Record")
        keys.skip()
        keys.write(re.compile("^(Who|By whom|Person)"), f"user:{ADMINISTRATOR}")
        keys.follow(re.compile("^(Search|Show)"))
        assert "partners:edited" in keys.page.locator("main").inner_text()
        keys.follow(re.compile("^Verify"))
        keys.follow("Sign out")


def test_a_sender(stand: Stand, page: Page) -> None:
    link = stand.hold("keys-sender", "sent.by.keys@nobody.example", author=SENDER)
    keys = Keys(page)
    already = len(stand.mails_to(SENDER, "Your code"))
    page.goto(link)
    keys.skip()
    page.goto(link)
    keys.follow("E-mail me a code")
    keys.write("Code", stand.code_for(SENDER, already + 1))
    keys.follow("Sign in")
    assert keys.heading() == "Your e-mail is held for a check"
    keys.follow(re.compile("^Withdraw"))
    keys.follow(re.compile("^Withdraw"))
    wait_until(
        lambda: "held:withdrawn" in [verb for verb, _ in stand.audit(message_of(link))], "the e-mail to be withdrawn"
    )
