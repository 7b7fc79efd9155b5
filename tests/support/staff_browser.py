"""A browser in which somebody who works in the console is signed in."""

from __future__ import annotations

from playwright.sync_api import Browser, BrowserContext

from tests.support.staff import Client
from tests.support.waiting import BROWSER_MS


def context_of(browser: Browser, client: Client, *, width: int = 1280, scripts: bool = False) -> BrowserContext:
    """A context with the session of this client; without scripts, as the console must work."""
    context = browser.new_context(java_script_enabled=scripts, viewport={"width": width, "height": 900})
    context.set_default_timeout(BROWSER_MS)
    context.add_cookies([{"name": name, "value": value, "url": client.url} for name, value in client.cookies.items()])
    return context
