"""A sender whose mail is held: the link in the notice, signing in, looking, and deciding once."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.console.conftest import AT_RISK, HOUSING, REFUSED, Stand, message_of
from tests.support.client_mail import PLAIN, STRANGER
from tests.support.hop_thread import taken_for, wait_for
from tests.support.waiting import wait_until

REASON = "The hospital asked for it by telephone; the ward sister agreed."
LOOK_ALIKE = "ward@hospitols.nhs.example"
LEAD, DUTY = "information.governance@council.example", "duty.team@council.example"


def test_from_the_notice_to_a_withdrawal(stand: Stand, page: Page) -> None:
    author = "w.draws@council.example"
    link = stand.hold("withdrawn", STRANGER, author=author)
    assert author not in link
    assert STRANGER not in link
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to see your held e-mail")
    for told in (STRANGER, author, "NHS", "###"):
        assert told not in page.content(), "whoever has only the link is told nothing"
    page.get_by_role("button", name="E-mail me a code").click()
    page.get_by_label("Code").fill(stand.code_for(author))
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Your e-mail is held for a check")
    for told in (
        STRANGER,
        message_of(link),
        "An NHS number",
        "### ### ##19",
        "unapproved-high",
        "identity data",
        "13 days",
    ):
        expect(page.get_by_text(told).first).to_be_visible()
    assert "943 476" not in page.content()

    page.get_by_role("link", name="Withdraw it").click()
    assert stand.gateway.rows("SELECT * FROM store_senderrequest WHERE by = 'w.draws@council.example'") == []
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You withdrew the e-mail")
    expect(page.get_by_text("Not sent: withdrawn")).to_be_visible()
    wait_until(lambda: stand.mail_to(author, "Withdrawn"), "the notice of the withdrawal")

    page.goto(link)
    expect(page.get_by_text("The link in our e-mail is used up")).to_be_visible()
    page.goto(f"{link}release")
    expect(page.get_by_role("heading", level=1)).to_have_text("You withdrew the e-mail")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This link has been used")
    assert STRANGER not in page.content()

    assert taken_for(stand.secure, STRANGER) == []
    ((state, octets_key),) = stand.gateway.rows(
        f"SELECT state, octets_key FROM store_delivery WHERE kind = 'hold' AND message_id = '{message_of(link)}'"
    )
    assert state == "withdrawn"
    assert (stand.gateway.folder / "spool" / f"{octets_key}.sealed").exists(), "kept, not deleted"
    steps = [entry for entry in stand.audit(message_of(link)) if entry[0].startswith(("sender:", "held:"))]
    gateway, sender = "gateway gateway.council.example", f"sender:{author}"
    assert steps == [
        ("sender:code_asked", "console"),
        ("sender:code_sent", gateway),
        ("sender:signed_in", sender),
        ("sender:decided", sender),
        ("held:withdrawn", sender),
    ]


def test_a_release_by_the_sender_where_the_rule_allows_it(stand: Stand, page: Page) -> None:
    author, taker = "r.leases@council.example", "taker@nobody.example"
    link = stand.hold("overridden", taker, REFUSED, author=author)
    stand.sign_in(page, link, author)
    page.get_by_role("link", name="Send it, giving your reason").click()
    page.get_by_label("Why may it be sent?").fill("short")
    page.get_by_role("button", name="Send it").click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("Write a little more: why may it be sent?")
    assert page.title().startswith("Error: ")
    expect(page.get_by_label("Why may it be sent?")).to_have_value("short")
    assert taken_for(stand.secure, taker) == []

    page.get_by_label("Why may it be sent?").fill(REASON)
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You decided to send it")
    (sent,) = wait_for(stand.secure, taker)
    assert sent.mail.startswith(f"MAIL FROM:<{author}>".encode()), "the reverse-path is the sender's own"
    assert b"943 476 5919" in sent.octets
    became = {row.get_by_role("term").inner_text(): row.inner_text() for row in page.locator("dl > div").all()}
    assert "Sent: the next mail server has taken it" in became[taker]
    assert "Not sent: the next mail server refused it" in became[REFUSED]
    assert taken_for(stand.relay, taker) == [], "what is high goes encrypted, whoever released it"

    verbs = [entry for entry in stand.audit(message_of(link)) if entry[0].startswith("held:")]
    assert verbs == [
        ("held:release_requested", f"sender:{author}"),
        ("held:overridden", f"sender:{author}"),
        ("held:released", "gateway"),
    ]
    ((body,),) = stand.gateway.rows(
        f"SELECT body FROM store_audit WHERE message_id = '{message_of(link)}' AND verb = 'held:overridden'"
    )
    assert REASON in body
    assert "unapproved-high" in body
    wait_until(lambda: stand.mail_to(author, "Sent after the check"), "the outcome by e-mail")


def test_someone_is_at_risk_now(stand: Stand, page: Page) -> None:
    author = "u.rgent@council.example"
    link = stand.hold("urgent", HOUSING, STRANGER, author=author, text=AT_RISK)
    stand.sign_in(page, link, author)
    page.get_by_role("link", name="Someone is at risk now: send it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Someone is at risk now: send it")
    assert STRANGER not in page.get_by_role("main").inner_text(), "it is sent to partners and public bodies only"
    assert taken_for(stand.secure, HOUSING) == []
    page.get_by_label("Why may it be sent?").fill(REASON)
    page.get_by_role("button", name="Send it now").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You decided to send it")
    expect(page.get_by_text("The other recipients wait for a reviewer.")).to_be_visible()
    wait_for(stand.secure, HOUSING)
    assert taken_for(stand.secure, STRANGER) == taken_for(stand.relay, STRANGER) == []

    told = wait_until(
        lambda: stand.mail_to(LEAD, f"Someone is at risk: held e-mail {message_of(link)}"), "the reviewers"
    )
    assert REASON not in told
    assert stand.mail_to(DUTY, f"Someone is at risk: held e-mail {message_of(link)}"), "whoever the rule escalates to"
    held_id = told.split("holds show ")[1].split()[0]
    shown = stand.gateway.run("holds", "show", held_id).stdout
    assert "sender      says that someone is at risk, and decided to send it to partners and public bodies" in shown
    assert f"Someone is at risk now: {REASON}" in shown
    ((body,),) = stand.gateway.rows(
        f"SELECT body FROM store_audit WHERE message_id = '{message_of(link)}' AND verb = 'held:overridden'"
    )
    assert '"kind":"urgent"' in body.replace(" ", "")


def test_nobody_at_risk_no_way_round_the_reviewers(stand: Stand, page: Page) -> None:
    author = "c.alm@council.example"
    link = stand.hold("calm", STRANGER, author=author)
    stand.sign_in(page, link, author)
    expect(page.get_by_role("link", name="Someone is at risk now")).to_have_count(0)
    page.goto(f"{link}urgent")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your e-mail is held for a check")


def test_a_question_to_the_reviewers_where_the_rule_leaves_it_to_them(stand: Stand, page: Page) -> None:
    author = "a.sks@council.example"
    link = stand.hold("asked", LOOK_ALIKE, author=author, text=PLAIN)
    stand.sign_in(page, link, author)
    expect(page.get_by_text("look-alike", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Send it")).to_have_count(0)
    page.goto(f"{link}release")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your e-mail is held for a check")
    page.get_by_role("link", name="Ask a reviewer").click()
    page.get_by_label("Why may it be sent?").fill(REASON)
    page.get_by_role("button", name="Ask a reviewer").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You asked a reviewer to look at it")
    told = wait_until(lambda: stand.mail_to(LEAD, f"held e-mail {message_of(link)}"), "the reviewers' notice")
    assert REASON not in told
    assert LOOK_ALIKE not in told
    held_id = told.split("holds show ")[1].split()[0]
    shown = stand.gateway.run("holds", "show", held_id)
    assert "The sender asks for its release." in stand.gateway.run("holds", "list").stdout
    assert f"asks for its release, {shown.stdout.split('asks for its release, ')[1][:17]}: {REASON}" in shown.stdout
    assert taken_for(stand.relay, LOOK_ALIKE) == []

    assert stand.gateway.run("holds", "release", held_id, "--reason", "looked at it").returncode == 0
    wait_for(stand.relay, LOOK_ALIKE)
    wait_until(lambda: stand.mail_to(author, "Sent after the check"), "the outcome by e-mail")
    page.get_by_role("link", name="Look again").click()
    expect(page.get_by_text("Sent: the next mail server has taken it")).to_be_visible()


def test_wrong_codes_end_and_codes_can_not_be_asked_for_without_end(stand: Stand, page: Page) -> None:
    author = "t.ypes@council.example"
    link = stand.hold("typed", STRANGER, author=author)
    page.goto(link)
    page.get_by_role("button", name="E-mail me a code").click()
    code = stand.code_for(author)
    wrong = f"{(int(code) + 1) % 10**6:06}"
    page.get_by_label("Code").fill("a word")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("digits only")
    for _ in range(4):
        page.get_by_label("Code").fill(wrong)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_contain_text("not the code that we sent last")
    for typed in (wrong, code):
        page.get_by_label("Code").fill(typed)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("alert")).to_contain_text("does not work any more")
    page.get_by_role("button", name="E-mail me a new code").click()
    expect(page.get_by_role("alert")).to_contain_text("Too many codes were asked for")
    assert len(stand.mails_to(author, "Your code")) == 1


def test_a_code_works_only_in_the_browser_that_asked_and_a_session_only_for_its_author(
    stand: Stand, page: Page, browser: Browser
) -> None:
    author, other = "o.ne@council.example", "o.ther@council.example"
    link = stand.hold("mine", STRANGER, author=author)
    others_link = stand.hold("not-mine", STRANGER, author=other)
    page.goto(link)
    page.get_by_role("button", name="E-mail me a code").click()
    code = stand.code_for(author)
    elsewhere = browser.new_context(java_script_enabled=False)
    stranger = elsewhere.new_page()
    stranger.goto(f"{link}sign-in")
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Sign in to see your held e-mail")
    elsewhere.close()
    before = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    page.get_by_label("Code").fill(f"{code[:3]} {code[3:]}")
    page.get_by_role("button", name="Sign in").click()
    after = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    assert after["session"] != before["session"], "who knew the session before does not come in with it"
    expect(page.get_by_role("heading", level=1)).to_have_text("Your e-mail is held for a check")
    page.goto(others_link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to see your held e-mail")
    page.goto(f"{others_link}withdraw")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in to see your held e-mail")


def test_what_was_decided_meanwhile_is_told_and_a_second_tab_changes_nothing(stand: Stand, page: Page) -> None:
    author = "l.ate@council.example"
    link = stand.hold("late", STRANGER, author=author)
    stand.sign_in(page, link, author)
    page.get_by_role("link", name="Withdraw it").click()
    (held_id,) = stand.gateway.rows(
        f"SELECT id FROM store_delivery WHERE kind = 'hold' AND message_id = '{message_of(link)}'"
    )[0]
    assert stand.gateway.run("holds", "reject", held_id, "--reason", "not theirs to know").returncode == 0
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your e-mail is not held any more")
    expect(page.get_by_text("Not sent: refused")).to_be_visible()


def test_rules_that_change_under_a_page_are_read_again_before_anything_is_sent(stand: Stand, page: Page) -> None:
    author, taker = "c.hanged@council.example", "second@nobody.example"
    link = stand.hold("changed", taker, author=author)
    stand.sign_in(page, link, author)
    page.get_by_role("link", name="Send it, giving your reason").click()
    stand.change_rules()
    page.get_by_label("Why may it be sent?").fill(REASON)
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("alert")).to_contain_text("The rules have changed since you opened this page")
    expect(page.get_by_label("Why may it be sent?")).to_have_value(REASON)
    assert stand.gateway.rows(f"SELECT * FROM store_senderrequest WHERE message_id = '{message_of(link)}'") == []
    assert taken_for(stand.secure, taker) == []
