"""Reviewers at work: the queue, a held message, and what they decide, with a gateway that carries it out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import Stand, message_of
from tests.console.test_accessibility import look
from tests.support.client_mail import STRANGER, send
from tests.support.hop_thread import taken_for, wait_for
from tests.support.staff import Client, account, add_accounts, let_pass, signed_in
from tests.support.waiting import BROWSER_MS, wait_until

LEAD, DEPUTY = "information.governance@council.example", "data.protection@council.example"
PRESS = "head.of.communications@council.example"
REASON = "The hospital needs it for the discharge tomorrow."


@pytest.fixture(scope="module")
def people(stand: Stand) -> dict[str, Client]:
    add_accounts(
        stand.gateway,
        [
            account("lead", "reviewer", email=LEAD),
            account("deputy", "reviewer", "content-viewer", email=DEPUTY.upper()),
            account("press", "reviewer", email=PRESS),
            account("audits", "auditor", email="audit@council.example"),
            account("author.too", "reviewer", email=LEAD),
        ],
    )
    return {name: signed_in(stand.url, name) for name in ("lead", "deputy", "press", "audits")}


@pytest.fixture
def lead(stand: Stand, page: Page, people: dict[str, Client]) -> Page:
    """A browser without scripts, in which a reviewer is signed in."""
    as_in(page, stand, people["lead"])
    return page


@pytest.fixture
def scripted(stand: Stand, browser: Browser, people: dict[str, Client]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 320, "height": 800})
    context.set_default_timeout(BROWSER_MS)
    page = context.new_page()
    as_in(page, stand, people["lead"])
    yield page
    context.close()


def as_in(page: Page, stand: Stand, client: Client) -> None:
    page.context.add_cookies(
        [{"name": name, "value": value, "url": stand.url} for name, value in client.cookies.items()]
    )


def held_id(stand: Stand, link: str) -> str:
    ((found,),) = stand.gateway.rows(
        f"SELECT id FROM store_delivery WHERE kind = 'hold' AND message_id = '{message_of(link)}'"
    )
    return str(found)


def state(stand: Stand, held: str) -> str:
    ((found,),) = stand.gateway.rows(f"SELECT state FROM store_delivery WHERE id = '{held}'")
    return str(found)


# --------------------------------------------------------------------------------------------------
# The queue
# --------------------------------------------------------------------------------------------------


def test_from_the_queue_to_a_release(stand: Stand, lead: Page) -> None:
    taker, other = "takes.it@nobody.example", "takes.not@nobody.example"
    link = stand.hold("for-release", taker, other, author="w.orker@council.example")
    lead.goto(stand.url)
    lead.get_by_role("link", name="Held e-mail").first.click()
    expect(lead.get_by_role("heading", level=1)).to_have_text("Held e-mail")
    lead.get_by_label("Search addresses").fill("takes.it@nobody")
    lead.get_by_role("button", name="Search").click()
    assert "text=takes.it" in lead.url, "filters stand in the address"
    row = lead.get_by_role("row").nth(1)
    for told in ("w.orker@council.example", taker, "and 1 more", "to decide", "13 days until it expires", "Waits"):
        expect(row).to_contain_text(told)
    assert lead.get_by_role("row").count() == 2
    row.get_by_role("link", name=message_of(link)).click()

    for told in (
        "An NHS number".lower(),
        "### ### ##19",
        "unapproved-high",
        "information-governance",
        "Checked, and recorded",
    ):
        expect(lead.get_by_role("main")).to_contain_text(told, ignore_case=True)
    assert "943 476" not in lead.content()
    lead.get_by_role("link", name="Release", exact=True).click()
    assert taken_for(stand.secure, taker) == []
    lead.get_by_label(other).uncheck()
    lead.get_by_role("button", name="Release").click()
    expect(lead.get_by_role("alert")).to_contain_text("Write why")
    expect(lead.get_by_label(other)).not_to_be_checked()
    lead.get_by_label("Why?").fill(REASON)
    lead.get_by_role("button", name="Release").click()

    expect(lead.get_by_role("heading", level=1)).to_contain_text(message_of(link))
    (sent,) = wait_for(stand.secure, taker)
    assert sent.mail.startswith(b"MAIL FROM:<w.orker@council.example>")
    lead.reload()
    lines = {
        line.locator("td").first.inner_text(): line.inner_text()
        for line in lead.locator("table").first.locator("tr").all()[1:]
    }
    assert "Sent: the next mail server has taken it" in lines[taker]
    assert "Waits" in lines[other]
    assert taken_for(stand.secure, other) == []
    expect(lead.get_by_text("Released, as the next mail server’s replies say")).to_be_visible()
    assert ("held:release_requested", "user:lead") in stand.audit(message_of(link))


def test_a_rejection_tells_the_sender_why_and_nobody_gets_it(stand: Stand, lead: Page) -> None:
    author, taker = "j.umped@council.example", "never.gets@nobody.example"
    link = stand.hold("for-rejection", taker, author=author)
    held = held_id(stand, link)
    lead.goto(f"{stand.url}/held/{held}/reject")
    lead.get_by_role("button", name="Reject").click()
    expect(lead.get_by_role("alert")).to_contain_text("Choose a reason")
    lead.get_by_label("It was addressed to the wrong person").check()
    lead.get_by_label("A sentence for the sender").fill(
        "Please use the ward's own address.\r\nBcc: everyone@evil.example"
    )
    lead.get_by_label("Why?").fill(REASON)
    lead.get_by_role("button", name="Reject").click()
    told = wait_until(
        lambda: stand.mail_to(author, "NOT SENT") if state(stand, held) == "rejected" else "", "the notice"
    )
    wait_until(lambda: "the ward's own address" in stand.mail_to(author, ""), "the sentence")
    told = stand.mail_to(author, "")
    assert "It was addressed to the wrong person or organisation." in told
    assert REASON not in told
    assert taken_for(stand.relay, "everyone@evil.example") == []
    assert taken_for(stand.secure, taker) == taken_for(stand.relay, taker) == []
    verbs = [verb for verb, actor in stand.audit(message_of(link)) if actor == "user:lead"]
    assert verbs == ["held:rejection_asked", "held:rejected"]


def test_what_two_reviewers_must_agree_to_needs_two(stand: Stand, lead: Page, people: dict[str, Client]) -> None:
    taker = "two.agree@nobody.example"
    text = "OFFICIAL\r\n\r\nSECRET\r\n\r\nThe plan for the site.\r\n"
    link = stand.hold("two", taker, author="s.ecret@council.example", text=text)
    held = held_id(stand, link)
    ((needed,),) = stand.gateway.rows(f"SELECT approvals FROM store_delivery WHERE id = '{held}'")
    assert needed == 2
    form = [("recipient", taker), ("reason", REASON)]
    assert release(people["lead"], held, form).status == 302
    assert state(stand, held) == "held"
    again = release(people["lead"], held, form)
    assert again.status == 422
    assert "somebody else must agree" in again.text
    lead.goto(f"{stand.url}/held/{held}")
    expect(lead.get_by_role("main")).to_contain_text("1 of 2")
    expect(lead.get_by_text("user:lead").first).to_be_visible()
    assert release(people["deputy"], held, form).status == 302
    wait_until(lambda: taken_for(stand.secure, taker) or taken_for(stand.relay, taker), "the mail that two agreed to")


def release(client: Client, held: str, form: list[tuple[str, str]]):
    path = f"/held/{held}/release"
    version = re.search(r'name="version" value="([^"]+)"', client.ask(path).text)
    assert version is not None
    return client.send(path, [*form, ("version", version[1])])


def test_nobody_decides_what_they_wrote_or_receive(stand: Stand, people: dict[str, Client]) -> None:
    link = stand.hold("own", STRANGER, author=LEAD)
    held = held_id(stand, link)
    page = people["lead"].ask(f"/held/{held}")
    assert "somebody else decides about it" in page.text
    assert "/release" not in page.text
    for path in ("release", "reject", "extend", "hand-over"):
        assert people["lead"].ask(f"/held/{held}/{path}").status == 403, path
    assert people["deputy"].ask(f"/held/{held}/release").status == 200


def test_what_is_not_for_ones_group_is_not_there(stand: Stand, people: dict[str, Client]) -> None:
    link = stand.hold("not-for-press", STRANGER, author="n.otpress@council.example")
    held = held_id(stand, link)
    for path in ("", "/release", "/reject", "/extend", "/hand-over"):
        assert people["press"].ask(f"/held/{held}{path}").status == 404, path
    assert held not in people["press"].ask("/held").text
    assert message_of(link) not in people["press"].ask("/held?text=n.otpress&group=information-governance").text
    assert message_of(link) in people["audits"].ask("/held?text=n.otpress&group=information-governance").text
    assert people["audits"].ask(f"/held/{held}").status == 200
    assert people["audits"].ask(f"/held/{held}/release").status == 403
    assert people["lead"].ask("/held/no-such-id").status == 404


def test_whoever_comes_second_is_told(stand: Stand, people: dict[str, Client]) -> None:
    held = held_id(stand, stand.hold("raced", STRANGER, author="r.aced@council.example"))
    path = f"/held/{held}/extend"
    stale = re.search(r'name="version" value="([^"]+)"', people["lead"].ask(path).text)
    assert stale is not None
    form = [("days", "3"), ("reason", REASON)]
    assert people["deputy"].send(path, [*form, ("version", stale[1])]).status == 302
    second = people["lead"].send(path, [*form, ("version", stale[1])])
    assert second.status == 422
    assert "Somebody has changed something" in second.text
    page = people["lead"].ask(f"/held/{held}").text
    assert "deputy opened this" not in page
    people["deputy"].ask(f"/held/{held}")
    assert "deputy opened this in the last minutes" in people["lead"].ask(f"/held/{held}").text


def test_a_message_goes_to_another_group(stand: Stand, people: dict[str, Client]) -> None:
    link = stand.hold("handed", STRANGER, author="h.anded@council.example")
    held = held_id(stand, link)
    path = f"/held/{held}/hand-over"
    version = re.search(r'name="version" value="([^"]+)"', people["lead"].ask(path).text)
    assert version is not None
    form = [("group", "communications"), ("reason", REASON), ("version", version[1])]
    assert people["lead"].send(path, [("group", "nobody"), *form[1:]]).status == 422
    assert people["lead"].send(path, form).location == "/held"
    assert people["lead"].ask(f"/held/{held}").status == 404
    assert people["press"].ask(f"/held/{held}").status == 200
    assert ("held:handed_over", "user:lead") in stand.audit(message_of(link))


def test_several_are_decided_after_a_page_that_asks_again(stand: Stand, lead: Page) -> None:
    links = [stand.hold(f"bulk-{n}", f"b{n}@nobody.example", author=f"b.ulk{n}@council.example") for n in range(2)]
    lead.goto(f"{stand.url}/held?text=b.ulk")
    for link in links:
        lead.get_by_label(f"Choose {message_of(link)}").check()
    lead.get_by_role("button", name="Reject those chosen").click()
    expect(lead.get_by_role("main")).to_contain_text("E-mails: 2. Recipients: 2. Domains: nobody.example.")
    assert {state(stand, held_id(stand, link)) for link in links} == {"held"}
    lead.get_by_label("It must go by secure e-mail.").check()
    lead.get_by_label("Why?").fill(REASON)
    lead.get_by_role("button", name="Reject them").click()
    expect(lead.get_by_role("main")).to_contain_text("carry out: 2.")
    wait_until(lambda: {state(stand, held_id(stand, link)) for link in links} == {"rejected"}, "both rejected")


def test_never_more_than_fifty_and_never_by_get(stand: Stand, people: dict[str, Client]) -> None:
    assert people["lead"].ask("/held/several").status == 405
    many = [("held", f"h{n}") for n in range(51)]
    answer = people["lead"].send("/held/several", [("what", "release"), *many], of="/held")
    assert answer.status == 422
    assert "at most 50" in answer.text


# --------------------------------------------------------------------------------------------------
# What it says
# --------------------------------------------------------------------------------------------------

HOSTILE = (
    "NHS no. 943 476 5919 of Mrs Edith Crowe <script>document.title='owned'</script>"
    '<img src="http://evil.example/x.png" onerror="alert(1)">&lt;b&gt;\r\n'
)


def test_content_is_shown_for_a_reason_and_a_case_and_only_to_who_asked(
    stand: Stand, page: Page, people: dict[str, Client]
) -> None:
    link = stand.hold("read-it", STRANGER, author="r.ead@council.example", text=HOSTILE)
    held = held_id(stand, link)
    assert people["lead"].ask(f"/held/{held}/content").status == 403, "to decide is not to read"
    as_in(page, stand, people["deputy"])
    page.goto(f"{stand.url}/held/{held}")
    page.get_by_role("link", name="Read it").click()
    if page.get_by_role("heading", level=1).inner_text() == "Show that it is still you":
        raise AssertionError("they have just signed in")
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_role("alert")).to_contain_text("Write the reference of the case")
    page.get_by_label("Reference of the case").fill("DPA-2026-17")
    page.get_by_label("Why?").fill("To see whether the daughter is the one meant.")
    page.get_by_role("button", name="Read it").click()
    expect(page.get_by_role("main")).to_contain_text("943 476 5919")
    expect(page.get_by_role("main")).to_contain_text("<script>document.title='owned'</script>")
    assert "owned" not in page.title()
    assert page.locator("main img, main script, main iframe").count() == 0
    address = page.url.removeprefix(stand.url)
    assert people["lead"].ask(address).status in (403, 404)
    assert people["audits"].ask(address).status == 403

    order = [verb for verb, actor in stand.audit(message_of(link)) if actor == "user:deputy"]
    assert order == ["held:reveal_asked", "held:revealed"]
    ((body,),) = stand.gateway.rows(
        f"SELECT body FROM store_audit WHERE message_id = '{message_of(link)}' AND verb = 'held:revealed'"
    )
    assert "DPA-2026-17" in body
    assert "943 476" not in body
    ((sealed,),) = stand.gateway.rows(f"SELECT sealed FROM store_deskrequest WHERE held_id = '{held}'")
    assert b"943 476" not in sealed


def test_who_signed_in_a_while_ago_shows_again_who_they_are_before_reading(
    stand: Stand, people: dict[str, Client]
) -> None:
    held = held_id(stand, stand.hold("read-later", STRANGER, author="l.ater@council.example"))
    let_pass(stand.gateway, people["deputy"], 6 * 60, since_seen=0)
    answer = people["deputy"].ask(f"/held/{held}/content")
    assert answer.location == f"/account/confirm/password?next=%2Fheld%2F{held}%2Fcontent"
    form = [("reason", "I would like to see it."), ("case", "C-1")]
    sent = people["deputy"].send(f"/held/{held}/content", form, of=f"/held/{held}")
    assert sent.location.startswith("/account/confirm/password")
    assert stand.gateway.rows(f"SELECT 1 FROM store_deskrequest WHERE held_id = '{held}'") == []


@pytest.mark.parametrize(
    "name", ['"><img src=x onerror=alert(1)>.txt', "{{7*7}}<svg onload=alert(1)>.csv", "\u202etxt.exe"]
)
def test_nothing_that_a_mail_brings_runs_on_a_page(stand: Stand, scripted: Page, name: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Message-ID"] = (
        "x.ss@council.example",
        STRANGER,
        f"<{abs(hash(name))}@council.example>",
    )
    mail["Subject"] = "<script>document.title = 'owned'</script>"
    mail.set_content(HOSTILE)
    mail.add_attachment(HOSTILE, filename=name)
    sent = send(stand.gateway.port, mail.as_bytes(policy=SMTP), STRANGER, reverse_path="x.ss@council.example")
    assert sent.code == 250
    held = wait_until(lambda: stand.gateway.held()[-1:], "the hold")[0]
    for path in (f"/held/{held}", f"/held/{held}/release", "/held?text=x.ss"):
        scripted.goto(f"{stand.url}{path}")
        assert "owned" not in scripted.title()
        assert scripted.locator("main img, main script, main svg").count() == 0


# --------------------------------------------------------------------------------------------------
# For everybody
# --------------------------------------------------------------------------------------------------


def test_every_page_of_a_reviewer(stand: Stand, scripted: Page) -> None:
    long = f"{'x' * 60}@{'y' * 50}.nobody.example"
    held = held_id(stand, stand.hold("seen", long, STRANGER, author="s.een@council.example"))
    for path in ("held", "held?text=nothing-like-it", f"held/{held}", f"held/{held}/release", f"held/{held}/reject"):
        scripted.goto(f"{stand.url}/{path}")
        look(scripted)
    for path in (f"held/{held}/extend", f"held/{held}/hand-over"):
        scripted.goto(f"{stand.url}/{path}")
        look(scripted)
    for path, button in (("release", "Release"), ("reject", "Reject"), ("extend", "Give it"), ("hand-over", "Hand it")):
        scripted.goto(f"{stand.url}/held/{held}/{path}")
        scripted.get_by_role("button", name=button).click()
        look(scripted)
    scripted.goto(f"{stand.url}/held?text=s.een")
    scripted.locator("input[name=held]").first.check()
    scripted.get_by_role("button", name="Reject those chosen").click()
    look(scripted)
    scripted.goto(f"{stand.url}/held?text=s.een")
    scripted.get_by_role("button", name="Release those chosen").click()
    look(scripted)
    scripted.goto(f"{stand.url}/held/nowhere")
    look(scripted)


def test_the_pages_of_reviewers_are_in_welsh_too(stand: Stand, scripted: Page) -> None:
    held = held_id(stand, stand.hold("welsh", STRANGER, author="c.ymraeg@council.example"))
    scripted.goto(f"{stand.url}/held?lang=cy")
    expect(scripted.get_by_role("heading", level=1)).to_have_text("Negeseuon sy'n cael eu dal")
    look(scripted, "cy")
    for path in ("", "/release", "/reject"):
        scripted.goto(f"{stand.url}/held/{held}{path}")
        look(scripted, "cy")
