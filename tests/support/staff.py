"""People who work in the console: made in the store, signed in by plain HTTP as a browser does it."""

from __future__ import annotations

import asyncio
import hmac
import html
import http.client
import re
import sqlite3
import struct
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from dlp_gateway.act.account_marks import mark_accounts
from dlp_gateway.config_file import load_config
from dlp_gateway.keys import Keys, load_console_key, load_keys
from dlp_gateway.store import Store, UserAccount
from tests.support.gateway_process import GatewayProcess

PASSWORD = "correct horse battery staple"

_FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_SECRET = re.compile(r'<code class="console-masked">([A-Z2-7]{32})</code>')
_RECOVERY = re.compile(r'<code class="console-masked">(\d{8})</code>')


def add_accounts(gateway: GatewayProcess, accounts: Iterable[UserAccount], password: str | None = PASSWORD) -> None:
    """Make accounts of the console, beside the gateway that runs, or will; marked as it would do within seconds."""

    async def work(store: Store, keys: Keys) -> None:
        for account in accounts:
            await store.users.create(account, password, by="test")
        await mark_accounts(store, keys.fingerprint)

    def run() -> None:
        config = load_config(gateway.config)
        keys = load_keys(config.keys.folder)
        store = Store.open(config.store, keys, gateway_id="accounts-of-tests", role="cli")
        try:
            asyncio.run(work(store, keys))
        finally:
            store.close()

    failed: list[BaseException] = []

    def kept() -> None:
        try:
            run()
        except BaseException as error:  # noqa: BLE001 - raised again below
            failed.append(error)

    thread = threading.Thread(target=kept)  # a browser's loop runs in this one
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


def account(name: str, *roles: str, email: str = "", must_change_password: bool = False) -> UserAccount:
    return UserAccount(
        name=name,
        display_name="",
        email=email,
        roles=roles,
        is_active=True,
        must_change_password=must_change_password,
    )


def code_of(secret: str, at: float | None = None) -> str:
    """RFC 6238 with SHA-1, six digits, thirty seconds."""
    import base64

    key, step = base64.b32decode(secret), int((time.time() if at is None else at) // 30)
    digest = hmac.digest(key, struct.pack(">Q", step), "sha1")
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str

    @property
    def location(self) -> str:
        return self.headers["Location"] or ""


@dataclass
class Client:
    """A browser of few words: keeps cookies, follows nothing by itself."""

    url: str
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, method: str = "GET", body: str = "", **headers: str) -> Answer:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=20)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            connection.request(method, path.removeprefix(self.url), body, sent)
            came = connection.getresponse()
            text = came.read().decode("utf-8")
        finally:
            connection.close()
        for line in came.headers.get_all("Set-Cookie") or []:
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(came.status, came.headers, text)

    def send(self, path: str, form: dict[str, str] | list[tuple[str, str]] | None = None, of: str = "") -> Answer:
        """Send a form as the page `of` (the path itself) has it."""
        page = self.ask(of or path).text
        token = _FORM_TOKEN.search(page)
        assert token is not None, page
        fields = list(form.items()) if isinstance(form, dict) else list(form or [])
        body = urlencode([*fields, ("csrfmiddlewaretoken", html.unescape(token[1]))])
        return self.ask(path, "POST", body, Content_Type="application/x-www-form-urlencoded")

    def sign_in(self, name: str, password: str = PASSWORD) -> Answer:
        return self.send("/account/sign-in", {"login": name, "password": password})

    def enrol(self) -> tuple[str, list[str]]:
        """Set up a second factor; answers its secret and the recovery codes."""
        path = "/account/second-factor/app"
        found = _SECRET.search(self.ask(path).text)
        assert found is not None
        # The page shows another key each time it is opened, so the form is sent as the page above had it.
        page = self.ask(path).text
        secret, token = _SECRET.search(page), _FORM_TOKEN.search(page)
        assert secret is not None
        assert token is not None
        body = urlencode({"code": code_of(secret[1]), "csrfmiddlewaretoken": token[1]})
        answer = self.ask(path, "POST", body, Content_Type="application/x-www-form-urlencoded")
        assert answer.status == 302, answer.text
        return secret[1], _RECOVERY.findall(self.ask(answer.location).text)


def signed_in(url: str, name: str) -> Client:
    """Somebody who has signed in for the first time and set up a second factor."""
    client = Client(url)
    answer = client.sign_in(name)
    assert answer.status == 302, answer.text
    client.enrol()
    return client


def let_pass(gateway: GatewayProcess, client: Client, seconds: int, *, since_seen: int | None = None) -> None:
    """Make the session of this client as old as if so much time had passed; `since_seen`: since it was last used, where
    that is another."""
    from django.core import signing

    salt = "django.contrib.sessions.SessionStore"
    secret = hmac.digest(load_console_key(gateway.folder / "keys"), b"console sessions", "sha256").hex()
    key = client.cookies["session"]
    connection = sqlite3.connect(gateway.folder / "gateway.db", timeout=10)
    try:
        ((data,),) = connection.execute("SELECT session_data FROM django_session WHERE session_key = ?", (key,))
        session = signing.loads(data, key=secret, salt=salt, fallback_keys=[])
        session["signed_in_at"] -= seconds
        session["seen_at"] -= seconds if since_seen is None else since_seen
        for one in session["account_authentication_methods"]:
            one["at"] -= seconds
        old = signing.dumps(session, key=secret, salt=salt, compress=True)
        connection.execute("UPDATE django_session SET session_data = ? WHERE session_key = ?", (old, key))
        connection.commit()
    finally:
        connection.close()
