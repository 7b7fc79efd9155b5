"""Pictures of the console for docs/console.md, of a gateway with made-up mail: `python -m
tests.support.console_pictures`."""

from __future__ import annotations

import shutil
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from tests.console.conftest import AT_RISK, BROWSER_OPTIONS, Stand, message_of
from tests.console.test_passkeys import device_of
from tests.support.client_mail import STRANGER
from tests.support.console_process import running_console
from tests.support.gateway_process import running_gateway
from tests.support.hop_thread import running_hop
from tests.support.ports import free_port
from tests.support.staff import PASSWORD, Client, account, add_accounts, signed_in
from tests.support.staff_browser import context_of

FOLDER = Path(__file__).parents[2] / "docs" / "images" / "console"
LEAD = "information.governance@council.example"
RECORDS = {"exact_match": {"folder": "exact-match"}}
HOSPITALS = "example-hospitals"
BULLETIN = (
    "Colleagues will want to know that the move of the housing teams to the third floor begins on Monday. Crates are "
    "delivered on Friday morning, and every desk must be cleared by four. Parking behind the depot is closed for the "
    "week, so please use the car park in Mill Lane and allow ten minutes for the walk. Questions go to the moves desk."
)
REASON = "The ward sister asked for it by telephone; it is for tomorrow's discharge."


def take(page: Page, url: str, name: str, *, width: int = 1280, full: bool = True) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(url)
    page.screenshot(path=str(FOLDER / f"{name}.png"), full_page=full)


def both(page: Page, url: str, name: str) -> None:
    """At the two widths."""
    take(page, url, name)
    take(page, url, f"{name}-320", width=320)


def shot(page: Page, name: str) -> None:
    """The page that is open, at the two widths."""
    for ending, width in (("", 1280), ("-320", 320)):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=str(FOLDER / f"{name}{ending}.png"), full_page=True)


def journey(stand: Stand, page: Page) -> None:
    """What the manual shows, in its order."""
    for name in ("m.brown", "s.khan", "h.evans", "t.osei"):
        stand.hold(name, STRANGER, f"{name[0]}.clark@nobody.example", author=f"{name}@council.example")
    link = stand.hold("p.lewis", STRANGER, author="p.lewis@council.example", text=AT_RISK)
    add_accounts(
        stand.gateway,
        [account("r.patel", "reviewer", "content-viewer", email=LEAD), account("a.jones", "auditor")],
    )
    add_accounts(stand.gateway, [account("n.ew", "reviewer", must_change_password=False)])
    take(page, f"{stand.url}/account/sign-in", "sign-in")
    new = Client(stand.url)
    new.sign_in("n.ew", PASSWORD)
    use(page, stand, new)
    take(page, stand.url, "second-factor")
    reviewer = signed_in(stand.url, "r.patel")
    use(page, stand, reviewer)
    take(page, f"{stand.url}/held", "queue")
    take(page, f"{stand.url}/held", "queue-320", width=320, full=False)
    ((held,),) = stand.gateway.rows(
        f"SELECT id FROM store_delivery WHERE kind = 'hold' AND message_id = '{message_of(link)}'"
    )
    take(page, f"{stand.url}/held/{held}", "held")
    take(page, f"{stand.url}/held/{held}/release", "release")
    page.goto(f"{stand.url}/held/{held}/release/otherwise")
    page.get_by_label("Encrypted to each recipient").check()
    shot(page, "otherwise")
    page.get_by_role("button", name="See what would become of it").click()
    shot(page, "outlook")
    both(page, f"{stand.url}/held/{held}/ask", "ask")
    page.get_by_label("What do you want to know?").fill(
        "Is the daughter the one who asked for the flat, and does she know?"
    )
    page.get_by_role("button", name="Ask the sender").click()
    take(page, f"{stand.url}/held/{held}", "asked")
    page.context.clear_cookies()
    stand.sign_in(page, link, "p.lewis@council.example")
    both(page, f"{link}answer", "sender-question")
    use(page, stand, reviewer)
    take(page, f"{stand.url}/held/{held}/reject", "reject")
    page.goto(f"{stand.url}/held/{held}/content")
    page.get_by_label("Reference of the case").fill("DPA-2026-17")
    page.get_by_label("Why?").fill("To see whether the daughter is the one meant.")
    page.get_by_role("button", name="Read it").click()
    page.screenshot(path=str(FOLDER / "content.png"), full_page=True)
    documents(stand, page)
    use(page, stand, signed_in(stand.url, "a.jones"))
    take(page, f"{stand.url}/record?verb=custody:taken", "record")
    take(page, f"{stand.url}/record/message/{message_of(link)}", "case")


def documents(stand: Stand, page: Page) -> None:
    add_accounts(stand.gateway, [account("l.adams", "administrator")])
    use(page, stand, signed_in(stand.url, "l.adams"))
    for name, kind, partner in (("Staff news 7", "Internal", ""), ("Ward plan", "Content of a partner", HOSPITALS)):
        page.goto(f"{stand.url}/documents/register")
        given = {"name": f"{name}.txt", "mimeType": "text/plain", "buffer": f"{name}. {BULLETIN}".encode()}
        page.get_by_label("Document", exact=True).set_input_files(given)  # type: ignore[arg-type]
        page.get_by_label("Name").fill(name)
        page.get_by_label(kind).check()
        page.get_by_label("Whose content is it?").select_option(partner)
        page.get_by_label("Why?").fill("sent to all staff today")
        page.get_by_role("button", name="Register").click()
        page.get_by_role("heading", name="The document is registered").wait_for()
    both(page, f"{stand.url}/documents", "documents")
    both(page, f"{stand.url}/documents/register", "document-register")
    time.sleep(10)  # until workers know it
    page.goto(f"{stand.url}/documents/compare")
    page.get_by_label("Text", exact=True).fill(BULLETIN[90:330])
    page.get_by_role("button", name="Compare").click()
    shot(page, "document-known")


def passkeys(stand: Stand, browser: Browser) -> None:
    """With scripts, which these pages alone have, and a device of Chromium's own."""
    add_accounts(stand.gateway, [account("g.rees", "auditor")])
    client = Client(stand.url)
    client.sign_in("g.rees", PASSWORD)
    page = context_of(browser, client, scripts=True).new_page()
    device_of(page.context, page)
    page.goto(f"{stand.url}/account/second-factor/passkeys/add")
    page.get_by_label("Name of this passkey").fill("telephone")
    page.get_by_label("Sign in with it alone").check()
    shot(page, "passkey-add")
    page.get_by_role("button", name="Add the passkey").click()
    page.get_by_role("link", name="I have kept them").click()
    page.goto(f"{stand.url}/account/second-factor/passkeys")
    shot(page, "passkeys")
    page.context.close()


def use(page: Page, stand: Stand, client: Client) -> None:
    page.context.clear_cookies()
    page.context.add_cookies(
        [{"name": name, "value": value, "url": stand.url} for name, value in client.cookies.items()]
    )


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    folder, port, smtp = Path(tempfile.mkdtemp()), free_port(), free_port()
    url = f"http://localhost:{port}"  # a name: browsers give no passkeys to numbers
    with running_hop() as relay, running_hop() as secure:
        ways = {
            "relay": {"kind": "relay", "next_hop": f"127.0.0.1:{relay.port}", "tls": "none"},
            "secure": {"kind": "gateway", "next_hop": f"127.0.0.1:{secure.port}", "tls": "none"},
        }
        listeners = {
            "smtp": [{"host": "127.0.0.1", "port": smtp}],
            "health": {"enabled": False},
            "console": {"port": port},
        }
        with running_gateway(folder / "gateway", ways, console={"url": url}, listeners=listeners, **RECORDS) as gateway:
            gateway.port = smtp
            with running_console(gateway), sync_playwright() as driver:
                chromium = shutil.which("chromium") or shutil.which("chromium-browser")
                browser = driver.chromium.launch(executable_path=chromium, args=BROWSER_OPTIONS)
                stand = Stand(gateway, relay, secure, url)
                journey(stand, browser.new_page(java_script_enabled=False))
                passkeys(stand, browser)
                browser.close()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
