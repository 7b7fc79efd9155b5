"""A reviewer asks the sender of held mail something, and the sender answers: neither in a mail nor in the record."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import LINK, Stand, message_of
from tests.console.test_accessibility import look
from tests.console.test_api import ask, new_token
from tests.support.client_mail import STRANGER
from tests.support.staff import Client, account, add_accounts, signed_in
from tests.support.staff_browser import context_of
from tests.support.waiting import wait_until

LEAD = "information.governance@council.example"
QUESTION = "Does Mr Adeyemi's landlord\nalready have this number? <script>alert(1)</script>"
ANSWER = "Yes: he gave it to them himself,\non the form of 3 March."


@pytest.fixture(scope="module")
def asker(stand: Stand) -> Client:
    add_accounts(
        stand.gateway,
        [
            account("asker", "reviewer", email=LEAD),
            account("asks.audits", "auditor", email="asks.audits@council.example"),
        ],
    )
    return signed_in(stand.url, "asker")


def held_of(stand: Stand, link: str) -> str:
    ((found,),) = stand.gateway.rows(
        f"SELECT id FROM store_delivery WHERE kind = 'hold' AND message_id = '{message_of(link)}'"
    )
    return str(found)


def test_a_question_its_mail_the_answer_and_what_everybody_sees_of_it(
    stand: Stand, page: Page, browser: Browser, asker: Client
) -> None:
    author = "is.asked@council.example"
    link = stand.hold("asked-about", STRANGER, author=author)
    held = held_of(stand, link)
    scripted = context_of(browser, asker, scripts=True)  # as axe needs it; the sender's pages are without
    desk = scripted.new_page()
    desk.goto(f"{stand.url}/held/{held}")
    desk.get_by_role("link", name="Ask the sender").click()
    look(desk)
    desk.get_by_role("button", name="Ask the sender").click()
    expect(desk.get_by_role("alert")).to_contain_text("Write what you want to know")
    look(desk)
    desk.get_by_label("What do you want to know?").fill(QUESTION)
    desk.get_by_role("button", name="Ask the sender").click()
    expect(desk.get_by_text("Waits for the sender’s answer")).to_be_visible()
    expect(desk.get_by_text("already have this number?")).to_be_visible()
    expect(desk.get_by_role("link", name="Ask the sender")).to_have_count(0)

    told = wait_until(lambda: stand.mail_to(author, "A question about your held e-mail"), "the mail to the sender")
    assert "Adeyemi" not in told
    assert "landlord" not in told
    assert STRANGER not in told
    found = LINK.search(told)
    assert found is not None
    desk.reload()
    expect(desk.get_by_text("The sender was told, and has not answered yet.")).to_be_visible()
    look(desk)

    stand.sign_in(page, found[0], author)
    page.get_by_role("link", name="Read the question and answer it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("A reviewer asks you")
    expect(page.locator("blockquote")).to_have_text(QUESTION)
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("alert")).to_contain_text("Write your answer")
    looked_at = browser.new_context()
    looked_at.add_cookies(page.context.cookies())  # type: ignore[arg-type] - as they were given
    with_scripts = looked_at.new_page()
    with_scripts.goto(page.url)
    look(with_scripts)
    with_scripts.get_by_role("button", name="Send the answer").click()
    look(with_scripts)
    with_scripts.get_by_role("link", name="Cymraeg").click()
    expect(with_scripts.get_by_role("heading", level=1)).to_have_text("Mae adolygydd yn gofyn i chi")
    look(with_scripts, "cy")
    looked_at.close()
    page.get_by_label("Your answer").fill(ANSWER)
    page.get_by_role("button", name="Send the answer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("The reviewers have your answer")
    page.get_by_role("link", name="Back to your held e-mail").click()
    expect(page.get_by_role("link", name="Read the question and answer it")).to_have_count(0)
    expect(page.get_by_role("link", name="Withdraw it")).to_be_visible(), "an answer is no decision"

    answered = wait_until(lambda: stand.mail_to(LEAD, f"answered: held e-mail {message_of(link)}"), "the reviewers")
    assert "form of 3 March" not in answered
    assert f"/held/{held}" in answered
    desk.goto(f"{stand.url}/held?question=waiting&text={message_of(link)}")
    expect(desk.get_by_text("Nothing is held that fits.")).to_be_visible()
    desk.get_by_label("Questions to the sender").select_option(label="The sender has answered")
    desk.get_by_role("button", name="Search").click()
    expect(desk.get_by_role("row").nth(1)).to_contain_text("The sender has answered")
    look(desk)
    desk.get_by_role("link", name=message_of(link)).click()
    expect(desk.get_by_text("on the form of 3 March.")).to_be_visible()
    look(desk)

    auditor = signed_in(stand.url, "asks.audits").ask(f"/held/{held}").text
    assert "A reviewer asked the sender something" in auditor
    assert "Adeyemi" not in auditor
    assert "form of 3 March" not in auditor
    steps = [(verb, actor) for verb, actor in stand.audit(message_of(link)) if "question" in verb]
    assert [verb for verb, _ in steps] == ["held:question_asked", "held:question_sent", "held:question_answered"]
    assert (steps[0][1], steps[2][1]) == ("user:asker", f"sender:{author}")
    bodies = stand.gateway.rows(f"SELECT body FROM store_audit WHERE message_id = '{message_of(link)}'")
    assert not [body for (body,) in bodies if "Adeyemi" in body or "3 March" in body]
    scripted.close()


def test_programs_and_commands_ask_the_same(stand: Stand, asker: Client) -> None:
    author = "is.asked.too@council.example"
    link = stand.hold("asked-by-program", STRANGER, author=author)
    held = held_of(stand, link)
    token = new_token(stand, "asks", "asker", "holds:read", "holds:decide")
    read = ask(stand, token, f"holds/{held}").value
    assert (read["may_ask"], read["questions"]) == (True, [])
    wish = {"version": read["version"], "question": "Is it meant for them?"}
    came = ask(stand, token, f"holds/{held}/ask", "POST", wish)
    assert came.status == 200
    assert came.value["questions"][0]["question"] == "Is it meant for them?"
    assert ask(stand, token, f"holds/{held}/ask", "POST", wish).status == 409, "the version is an older one"
    again = {"version": came.value["version"], "question": "And is it urgent?"}
    assert ask(stand, token, f"holds/{held}/ask", "POST", again).status == 409, "one question at a time"
    (row,) = ask(stand, token, f"holds?question=waiting&text={message_of(link)}").value["items"]
    assert row["question"] == "waiting"
    refused = stand.gateway.run("holds", "ask", held, "--question", "Is it still needed?")
    assert refused.returncode == 1
    assert "has not answered yet" in refused.stderr
    shown = stand.gateway.run("holds", "show", held).stdout
    assert "asked       by user:asker" in shown
    assert "Is it meant for them?" in shown
    short = stand.gateway.run("holds", "ask", held, "--question", "What?")
    assert (short.returncode, "Traceback" in short.stderr) == (2, False)
