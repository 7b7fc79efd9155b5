"""Pictures of the console for docs/console.md, of a gateway with made-up mail: `python -m
tests.support.console_pictures`."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.console.conftest import AT_RISK, BROWSER_OPTIONS, Stand, message_of
from tests.support.client_mail import STRANGER
from tests.support.console_process import running_console
from tests.support.gateway_process import running_gateway
from tests.support.hop_thread import running_hop
from tests.support.ports import free_port
from tests.support.staff import PASSWORD, Client, account, add_accounts, signed_in

FOLDER = Path(__file__).parents[2] / "docs" / "images" / "console"
LEAD = "information.governance@council.example"
REASON = "The ward sister asked for it by telephone; it is for tomorrow's discharge."


def take(page: Page, url: str, name: str, *, width: int = 1280, full: bool = True) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(url)
    page.screenshot(path=str(FOLDER / f"{name}.png"), full_page=full)


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
    use(page, stand, signed_in(stand.url, "r.patel"))
    take(page, f"{stand.url}/held", "queue")
    take(page, f"{stand.url}/held", "queue-320", width=320, full=False)
    ((held,),) = stand.gateway.rows(
        f"SELECT id FROM store_delivery WHERE kind = 'hold' AND message_id = '{message_of(link)}'"
    )
    take(page, f"{stand.url}/held/{held}", "held")
    take(page, f"{stand.url}/held/{held}/release", "release")
    page.goto(f"{stand.url}/held/{held}/release/otherwise")
    page.get_by_label("Encrypted to each recipient").check()
    page.get_by_role("button", name="See what would become of it").click()
    page.screenshot(path=str(FOLDER / "outlook.png"), full_page=True)
    take(page, f"{stand.url}/held/{held}/reject", "reject")
    page.goto(f"{stand.url}/held/{held}/content")
    page.get_by_label("Reference of the case").fill("DPA-2026-17")
    page.get_by_label("Why?").fill("To see whether the daughter is the one meant.")
    page.get_by_role("button", name="Read it").click()
    page.screenshot(path=str(FOLDER / "content.png"), full_page=True)
    use(page, stand, signed_in(stand.url, "a.jones"))
    take(page, f"{stand.url}/record?verb=custody:taken", "record")
    take(page, f"{stand.url}/record/message/{message_of(link)}", "case")


def use(page: Page, stand: Stand, client: Client) -> None:
    page.context.clear_cookies()
    page.context.add_cookies(
        [{"name": name, "value": value, "url": stand.url} for name, value in client.cookies.items()]
    )


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    folder, port, smtp = Path(tempfile.mkdtemp()), free_port(), free_port()
    url = f"http://127.0.0.1:{port}"
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
        with running_gateway(folder / "gateway", ways, console={"url": url}, listeners=listeners) as gateway:
            gateway.port = smtp
            with running_console(gateway), sync_playwright() as driver:
                chromium = shutil.which("chromium") or shutil.which("chromium-browser")
                browser = driver.chromium.launch(executable_path=chromium, args=BROWSER_OPTIONS)
                journey(Stand(gateway, relay, secure, url), browser.new_page(java_script_enabled=False))
                browser.close()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
