"""Forty hostile mails, through the gateway into every page that tells of them, in a browser that runs scripts."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from lxml import html
from playwright.sync_api import Browser, Page, Route

from tests.console.conftest import Stand
from tests.support.client_mail import send
from tests.support.hostile_mails import HOSTILE, hostile_mail
from tests.support.staff import Client, account, add_accounts, signed_in
from tests.support.staff_browser import context_of
from tests.support.waiting import BROWSER_MS, wait_until

AUTHOR, STRANGER = "hostile.test@council.example", "target@nobody.example"
REVIEWER, AUDITOR = "hostile.reviewer", "hostile.auditor"
FORMULA = '=HYPERLINK("http://evil.example/","why")'
NOT_OURS = "script, iframe, object, embed, svg, math, base, img, video, audio, template, style, meta, link, noscript"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

BIDI = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Held:
    """All of them, as the gateway holds them: (id, message id) by what is in them."""

    ids: dict[str, tuple[str, str]]
    reviewer: Client
    auditor: Client


@pytest.fixture(scope="module")
def held(stand: Stand) -> Held:
    accounts = [
        account(REVIEWER, "reviewer", "content-viewer", email="information.governance@council.example"),
        account(AUDITOR, "auditor", "administrator"),
    ]
    add_accounts(stand.gateway, accounts)
    for number, payload in enumerate(HOSTILE.values()):
        octets = hostile_mail(f"hostile-{number}", payload, author=AUTHOR, to=STRANGER)
        assert send(stand.gateway.port, octets, STRANGER, reverse_path=AUTHOR).code == 250
    rows = stand.gateway.rows(
        "SELECT d.id, m.id, m.message_id_header FROM store_delivery d JOIN store_message m ON m.id = d.message_id "
        f"WHERE d.kind = 'hold' AND d.state = 'held' AND m.author = '{AUTHOR}'"
    )
    names = list(HOSTILE)
    ids = {names[int(re.findall(r"hostile-(\d+)@", header)[0])]: (str(held), str(id_)) for held, id_, header in rows}
    assert len(ids) == len(HOSTILE) == 40, "each is held"
    return Held(ids, signed_in(stand.url, REVIEWER), signed_in(stand.url, AUDITOR))


@dataclass(slots=True)
class Watched:
    """A page on a telephone, and all that it did which it should not."""

    page: Page
    url: str
    faults: list[str]

    def open(self, path: str, what: str, allowed: str = "none") -> str:
        """Look at it; answers the text that is seen. `allowed`: a kind of element that is ours on this page."""
        answer = self.page.goto(self.url + path)
        assert answer is not None
        assert answer.status == 200, (what, path, answer.status)
        self._check(what, self.page.evaluate(OVERFLOW) <= 0, f"{path} scrolls sideways")
        foreign = self.page.locator(f"body :is({NOT_OURS}):not({allowed}, {allowed} *)").count()
        self._check(what, foreign == 0, f"{path} holds what is not ours")
        forms = self.page.eval_on_selector_all("form", "all => all.map(one => one.action)")
        links = self.page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
        here = urlsplit(self.url).netloc
        self._check(what, all(urlsplit(one).netloc == here for one in (*forms, *links)), f"{path} leads elsewhere")
        text = str(self.page.locator("body").inner_text())
        self._check(what, not BIDI.search(text), f"{path} turns text round")
        self._check(what, "54439" not in text, f"{path} carries out a template")
        return text

    def _check(self, what: str, holds: bool, fault: str) -> None:
        if not holds:
            self.faults.append(f"{what}: {fault}")


def watched(browser: Browser, client: Client, url: str) -> Iterator[Watched]:
    context = context_of(browser, client, width=320, scripts=True)
    context.set_default_timeout(BROWSER_MS)
    page = context.new_page()
    one = Watched(page, url, [])

    def route(route: Route) -> None:
        if urlsplit(route.request.url).netloc == urlsplit(url).netloc or route.request.url.startswith("data:,"):
            route.continue_()
            return
        one.faults.append(f"asked for {route.request.url}")
        route.abort()

    context.route("**/*", route)
    page.on("console", lambda said: one.faults.append(said.text))
    page.on("pageerror", lambda error: one.faults.append(str(error)))

    def dialog(shown: object) -> None:
        one.faults.append("a dialog was opened")
        shown.dismiss()  # type: ignore[attr-defined]

    page.on("dialog", dialog)
    yield one
    context.close()


@pytest.fixture
def reviewer(browser: Browser, held: Held, stand: Stand) -> Iterator[Watched]:
    yield from watched(browser, held.reviewer, stand.url)


@pytest.fixture
def auditor(browser: Browser, held: Held, stand: Stand) -> Iterator[Watched]:
    yield from watched(browser, held.auditor, stand.url)


def test_the_pages_of_reviewers_show_them_as_text(held: Held, reviewer: Watched) -> None:
    contents = {}
    for what, (held_id, _) in held.ids.items():
        answer = held.reviewer.send(f"/held/{held_id}/content", {"reason": "to see what it does", "case": "H-1"})
        assert answer.status == 302, answer.text
        contents[what] = urlsplit(answer.location).path
    reviewer.open(f"/held?text={STRANGER}", "queue")
    for what, (held_id, _) in held.ids.items():
        reviewer.open(f"/held/{held_id}", what)
        text = reviewer.open(contents[what], what)
        assert "943 476 5919" in text, (what, "the content is shown")
    assert "<script>alert(1)</script>" in reviewer.open(contents["script"], "script"), "as text, letter by letter"
    assert "invoice ‹U+202E›xslx.exe" in reviewer.open(contents["right to left"], "right to left")
    assert reviewer.faults == []


def test_so_do_those_of_auditors_and_what_they_take_away(held: Held, auditor: Watched) -> None:
    for what, (_, message_id) in held.ids.items():
        auditor.open(f"/record/message/{message_id}", what)
    auditor.open("/record", "record")
    auditor.open("/insight", "figures", allowed="svg")
    assert auditor.faults == []
    first, _ = held.ids["formulas"]
    refused = held.reviewer.send(f"/held/{first}/extend", {"reason": FORMULA, "days": "2", **_version(held, first)})
    assert refused.status in (200, 302), refused.text
    for path in ("/record/export", "/insight/days.csv", "/insight/rules.csv"):
        answer = (
            held.auditor.send(path, {"form": "csv"}, of="/record")
            if path.startswith("/record")
            else held.auditor.ask(path)
        )
        assert answer.status == 200, (path, answer.text)
        assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
        assert "attachment" in str(answer.headers["Content-Disposition"])
        cells = [cell for row in csv.reader(io.StringIO(answer.text)) for cell in row]
        assert cells
        assert [cell for cell in cells if cell[:1] in "=+-@\t\r" and cell] == [], path


def _version(held: Held, held_id: str) -> dict[str, str]:
    page = held.reviewer.ask(f"/held/{held_id}/extend").text
    found = re.search(r'name="version" value="([^"]+)"', page)
    return {"version": found[1]} if found else {}


def test_the_api_answers_data_that_no_browser_reads_as_a_page(stand: Stand, held: Held) -> None:
    made = stand.gateway.run("tokens", "add", "hostile", "--for", REVIEWER, "--may", "holds:read")
    assert made.returncode == 0, made.stderr
    token = made.stdout.strip().split()[-1]
    client = Client(stand.url)
    for held_id, _ in [held.ids["script"], held.ids["frame"], held.ids["right to left"]]:
        answer = client.ask(f"/api/v1/holds/{held_id}", Authorization=f"Bearer {token}")
        assert answer.status == 200, answer.text
        assert answer.headers["Content-Type"].startswith("application/json")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert json.loads(answer.text)["recipients"] == [STRANGER]


def test_mails_about_them_hold_only_what_we_wrote(stand: Stand, held: Held) -> None:
    del held
    notices = wait_until(lambda: _when(stand.mails_html_to(AUTHOR, "NOT SENT"), len(HOSTILE)), "all notices")
    ours = {"html", "head", "meta", "title", "style", "body", "main", "div", "h1", "p", "ul", "li", "a", "br", "hr"}
    for notice in notices:
        document = html.document_fromstring(notice)
        assert {element.tag for element in document.iter() if isinstance(element.tag, str)} <= ours
        assert {urlsplit(link).netloc for _, _, link, _ in document.iterlinks()} == {urlsplit(stand.url).netloc}
        assert not BIDI.search(document.text_content())


def _when(found: list[str], count: int) -> list[str]:
    return found if len(found) >= count else []
