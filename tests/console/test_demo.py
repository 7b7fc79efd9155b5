"""The page that the demonstration names opens, as the author of the held sample opens it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.support.staff import code_of
from tests.support.waiting import wait_until

_LINK = re.compile(r"decides here: (http://127\.0\.0\.1:\d+/sender/\S+/)")
_CONSOLE = re.compile(r"work here: (http://\S+)\nSign in as demo with the password (\S+)\n")
_MAILDIR = re.compile(r"arrives in (\S+)\.\n")


@pytest.fixture(scope="module")
def said() -> Iterator[str]:
    """What it printed until it goes on running; it runs meanwhile."""
    # Where tests run in the background, Ctrl-C means nothing to what they start, unless it is told that it does.
    command = ["env", "--default-signal=INT", sys.executable, "-m", "dlp_gateway", "demo", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Ctrl-C stops it"):
            break
    yield "".join(lines)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert errors == ""


def code_in(maildir: Path) -> str:
    """The code in a mail there, "" while there is none."""
    for path in maildir.iterdir():
        parsed = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
        assert isinstance(parsed, EmailMessage)
        body = parsed.get_body(("plain",))
        if body is not None and (found := re.search(r"Your code is (\d+)", body.get_content())):
            return found[1]
    return ""


def test_the_author_of_a_held_sample_sees_what_was_found_and_withdraws_it(said: str, page: Page) -> None:
    link, maildir = _LINK.search(said), _MAILDIR.search(said)
    assert link is not None, said[-2000:]
    assert maildir is not None, said[-2000:]
    page.goto(link[1])
    page.get_by_role("button", name="E-mail me a code").click()
    page.get_by_label("Code").fill(wait_until(lambda: code_in(Path(maildir[1])), "the code"))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your e-mail is held for a check")
    main = page.get_by_role("main")
    expect(main).to_contain_text("carol.whitfield@webmail.example")
    expect(main).not_to_contain_text("943 476")
    page.get_by_role("link", name="Withdraw it").click()
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You withdrew the e-mail")


def test_who_works_in_the_console_gets_in_with_what_was_printed(said: str, page: Page) -> None:
    printed = _CONSOLE.search(said)
    assert printed is not None, said[-2000:]
    page.goto(printed[1])
    page.get_by_label("Name").fill("demo")
    page.get_by_label("Password").fill(printed[2])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second factor")
    page.get_by_label("Code").fill(code_of(page.locator("code").inner_text()))
    page.get_by_role("button", name="Go on").click()
    page.goto(f"{printed[1]}/held")
    expect(page.get_by_role("main")).to_contain_text("quotes@northern-mutual.example")
