"""What every answer of the console keeps to, asked by plain HTTP."""

from __future__ import annotations

import http.client
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from dlp_gateway.keys import load_console_key
from dlp_gateway.store.sender_links import sender_link
from tests.console.conftest import Stand
from tests.support.client_mail import STRANGER
from tests.support.console_process import running_console
from tests.support.gateway_process import make_gateway
from tests.support.ports import free_port

PAGES = ("", "code", "sign-in", "sign-out", "withdraw", "release", "urgent", "review")
TABLES = (
    "store_senderrequest",
    "store_signincode",
    "store_audit WHERE verb LIKE 'sender:%'",
    "django_session",
    "store_release",
)


def ask(url: str, method: str = "GET", body: str = "", **headers: str) -> tuple[int, http.client.HTTPMessage, str]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    try:
        connection.request(method, parts.path, body, {key.replace("_", "-"): value for key, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode("utf-8")
    finally:
        connection.close()


@pytest.fixture(scope="module")
def link(stand: Stand) -> str:
    return stand.hold("safe", STRANGER, author="s.afe@council.example")


def counts(stand: Stand) -> list[int]:
    return [stand.gateway.rows(f"SELECT count(*) FROM {table}")[0][0] for table in TABLES]


def test_no_get_changes_anything(stand: Stand, link: str) -> None:
    """Programs that look at mail for its reader open every link in it."""
    before = counts(stand)
    statuses = [ask(link + page)[0] for page in PAGES]
    assert statuses == [200, 405, 302, 405, 302, 302, 302, 302]
    assert counts(stand) == before


@pytest.mark.parametrize("page", ["code", "sign-in", "sign-out", "withdraw", "release", "urgent", "review"])
def test_no_form_of_another_site_is_taken(stand: Stand, link: str, page: str) -> None:
    before = counts(stand)
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    status, _, text = ask(link + page, "POST", "reason=because+it+is+so", **form)
    assert status == 403
    assert "This form is too old" in text
    status, _, _ = ask(
        link + page, "POST", "csrfmiddlewaretoken=x", Cookie="csrf=x", Origin="https://evil.example", **form
    )
    assert status == 403
    assert counts(stand) == before


def test_every_answer_has_the_headers_that_keep_it_private(stand: Stand, link: str) -> None:
    for address in (link, f"{link}nowhere", f"{stand.url}/", f"{link}code"):
        _, headers, text = ask(address)
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'; ")
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert "no-store" in headers["Cache-Control"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "Server" not in headers
        assert "<script" not in text
        assert " style=" not in text


def test_cookies_can_not_be_read_by_scripts_or_sent_from_elsewhere(link: str) -> None:
    cookie = ask(link)[1]["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie


def test_a_link_that_is_altered_or_made_elsewhere_leads_nowhere(stand: Stand, link: str) -> None:
    token = link.split("/sender/")[1].rstrip("/")
    key = load_console_key(stand.gateway.folder / "keys")
    for wrong in (
        token[:-1] + ("A" if token[-1] != "A" else "B"),
        sender_link(b"o" * 32, "x"),
        sender_link(key, "no-such"),
    ):
        status, _, text = ask(f"{stand.url}/sender/{wrong}/")
        assert status == 404
        assert "This page does not exist" in text
    assert ask(f"{stand.url}/sender/{token}/")[0] == 200


def test_a_link_that_is_too_old_says_so(stand: Stand, link: str, monkeypatch: pytest.MonkeyPatch) -> None:
    then = time.time() - 15 * 86400
    monkeypatch.setattr("django.core.signing.time.time", lambda: then)
    old = sender_link(
        load_console_key(stand.gateway.folder / "keys"), link.split("/sender/")[1].split(".", maxsplit=1)[0]
    )
    monkeypatch.undo()
    status, _, text = ask(f"{stand.url}/sender/{old}/")
    assert status == 410
    assert "This link is too old" in text


def test_another_host_name_is_refused(link: str) -> None:
    status, _, text = ask(link, Host="evil.example")
    assert status == 400
    assert "evil.example" not in text


def test_the_style_sheet_may_be_kept_and_has_no_branding(stand: Stand, link: str) -> None:
    address = ask(link)[2].split('rel="stylesheet" href="')[1].split('"')[0]
    status, headers, text = ask(stand.url + address)
    assert (status, headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")
    for brand in ("@font-face", "GDS Transport", "crest", "crown.", "url("):
        assert brand not in text
    assert ask(stand.url + address.replace(address[16:24], "00000000"))[0] == 404


def test_no_address_of_a_page_and_nothing_of_a_mail_is_logged(stand: Stand, link: str) -> None:
    log = (stand.gateway.folder / "console.log").read_text() + stand.gateway.log()
    for kept in (link.split("/sender/")[1][:40], STRANGER, "council.example/", "943 476"):
        assert kept not in log


def test_behind_a_web_server_with_tls_cookies_are_strict_and_forms_work(stand: Stand, link: str) -> None:
    """As a web server passes it on: plain HTTP here, the host's own name, a browser's https origin."""
    port, path, host = free_port(), urlsplit(link).path, "mail-check.council.example"
    environ = {
        "DLP_GATEWAY__CONSOLE__URL": f"https://{host}",
        "DLP_GATEWAY__LISTENERS__CONSOLE__PORT": str(port),
    }
    with running_console(stand.gateway, environ):
        here = f"http://127.0.0.1:{port}{path}"
        status, headers, text = ask(here, Host=host)
        assert status == 200
        assert headers["Strict-Transport-Security"] == "max-age=31536000"
        cookie = headers["Set-Cookie"]
        assert cookie.startswith("__Host-csrf=")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Strict"} <= {part.strip() for part in cookie.split(";")}
        form = urlencode({"csrfmiddlewaretoken": text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]})
        sent = {
            "Host": host,
            "Cookie": cookie.split(";")[0],
            "Content_Type": "application/x-www-form-urlencoded",
        }
        assert ask(f"{here}code", "POST", form, Origin="https://evil.example", **sent)[0] == 403
        status, headers, _ = ask(f"{here}code", "POST", form, Origin=f"https://{host}", **sent)
        assert (status, headers["Location"]) == (302, f"{path}sign-in")
        assert headers["Set-Cookie"].startswith("__Host-session=")
        assert ask(here)[0] == 400, "by another name it is not there"


def test_machines_ask_whether_it_is_well_by_any_host_name(stand: Stand) -> None:
    for host in ("127.0.0.1", "console.internal:8025"):
        status, headers, text = ask(f"{stand.url}/healthz", Host=host)
        assert (status, text, headers["Cache-Control"]) == (200, "ok\n", "no-store")
    assert ask(f"{stand.url}/healthz", "HEAD")[::2] == (200, "")
    status, headers, _ = ask(f"{stand.url}/healthz", "POST")
    assert (status, headers["Allow"]) == (405, "GET, HEAD")


def test_it_is_not_well_without_its_store(tmp_path: Path) -> None:
    port = free_port()
    listeners = {"smtp": [{"port": 0}], "console": {"port": port}}
    ways = {name: {"kind": "gateway", "next_hop": "127.0.0.1:9", "tls": "none"} for name in ("relay", "secure")}
    gateway = make_gateway(tmp_path, ways, listeners=listeners, console={"url": f"http://127.0.0.1:{port}"})
    with running_console(gateway):
        assert ask(f"http://127.0.0.1:{port}/healthz")[0] == 200
        with closing(sqlite3.connect(tmp_path / "gateway.db")) as store:
            store.execute("ALTER TABLE store_ruletext RENAME TO gone")
        status, _, text = ask(f"http://127.0.0.1:{port}/healthz")
    assert (status, text) == (503, "the store does not answer\n")


def test_a_second_console_at_the_same_address_says_so_in_one_line(stand: Stand) -> None:
    ran = stand.gateway.run("console")
    assert (ran.returncode, ran.stdout) == (2, "")
    lines = [line for line in ran.stderr.splitlines() if not line.startswith("{")]
    assert len(lines) == 1
    assert "listeners.console: can't listen there" in lines[0]
