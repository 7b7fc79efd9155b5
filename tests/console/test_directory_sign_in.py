"""Signing in by the council's directory: a real OpenLDAP, roles by groups, and nobody else's account."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dlp_gateway.act.ldap_door import DirectoryError, same_name
from dlp_gateway.act.ldap_people import AT_ONCE, person_of, turns
from dlp_gateway.config_console import LdapSignIn
from tests.support.certificates import make_authority
from tests.support.console_process import running_console
from tests.support.gateway_process import GatewayProcess, make_gateway
from tests.support.ports import free_port
from tests.support.slapd import BASE, PASSWORD, USER, running_slapd
from tests.support.staff import PASSWORD as OWN_PASSWORD
from tests.support.staff import Client, account, add_accounts, code_of

pytestmark = pytest.mark.filterwarnings("ignore:ssl.match_hostname:DeprecationWarning")  # ldap3 2.9.1 on Python 3.11

NOWHERE = {"next_hop": "127.0.0.1:1", "tls": "none"}
WAYS = {"relay": {"kind": "relay", **NOWHERE}, "secure": {"kind": "gateway", **NOWHERE}}
SECRET = "a directory's own password"
AUDIT, LEGAL, CHESS = (f"cn={name},ou=groups,{BASE}" for name in ("Internal audit", "Legal", "Chess club"))
MEMBERS = {AUDIT: ["ruth", "mover", "off"], LEGAL: ["ruth", "mover", "chief", "twin", "throttled"], CHESS: ["stranger"]}
NAMES = ("ruth", "mover", "stranger", "chief", "off", "throttled")


def person(uid: str, number: int = 0, password: str = SECRET) -> str:
    return (
        f"dn: uid={uid}+cn={uid} {number},ou=people,{BASE}\nobjectClass: inetOrgPerson\nuid: {uid}\n"
        f"cn: {uid} {number}\nsn: {uid}\nmail: {uid}@council.example\nuserPassword: {password}\n"
    )


def entries() -> list[str]:
    """People; two of one name; groups of them."""
    found = [f"dn: ou={unit},{BASE}\nobjectClass: organizationalUnit\nou: {unit}\n" for unit in ("people", "groups")]
    found += [person(name) for name in NAMES] + [person("twin", 1), person("twin", 2), person("no.word", password="")]
    for group, members in MEMBERS.items():
        lines = "\n".join(f"member: uid={name}+cn={name} 0,ou=people,{BASE}" for name in members)
        found.append(f"dn: {group}\nobjectClass: groupOfNames\n{lines}\n")
    return found


@dataclass(frozen=True, slots=True)
class Council:
    url: str
    gateway: GatewayProcess
    settings: dict[str, Any]

    def users(self) -> dict[str, str]:
        return {str(name): str(roles) for name, roles in self.gateway.rows("SELECT name, roles FROM store_user")}

    def come(self, name: str, password: str = SECRET) -> tuple[Client, str]:
        """Somebody who types name and password; where that leads, or what the page says."""
        client = Client(self.url)
        answer = client.sign_in(name, password)
        return client, answer.location or answer.text

    def verbs(self, name: str) -> list[str]:
        rows = self.gateway.rows(f'SELECT verb FROM store_audit WHERE body LIKE \'%"user":"{name}"%\' ORDER BY at')
        return [str(verb) for (verb,) in rows]


@pytest.fixture(scope="module")
def council(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Council]:
    folder = tmp_path_factory.mktemp("directory")
    authority = make_authority(folder)
    server, _ = authority.server_files("localhost")
    secret = folder / "secret"
    secret.write_text(PASSWORD + "\n")
    port, clear = free_port(), free_port()
    more = {"log_in": True, "entries": entries(), "clear_port": clear}
    with running_slapd(folder / "slapd", server.read_bytes(), {}, **more) as url:
        settings = {
            "url": f"ldap://localhost:{clear}",
            "base": f"ou=people,{BASE}",
            "group_base": f"ou=groups,{BASE}",
            "user": USER,
            "password_file": str(secret),
            "ca_file": str(authority.file),
            "roles": {"auditor": [AUDIT.replace(",", ", ").upper()], "reviewer": [LEGAL]},
        }
        sections = {
            "console": {"url": f"http://127.0.0.1:{port}", "ldap": settings},
            "listeners": {"console": {"port": port}, "health": {"enabled": False}},
        }
        gateway = make_gateway(folder / "gateway", WAYS, **sections)
        with running_console(gateway):
            tls = settings | {"url": url}
            yield Council(f"http://127.0.0.1:{port}", gateway, tls)


def test_groups_give_roles_and_the_second_factor_is_the_consoles_own(council: Council, page: Page) -> None:
    page.goto(council.url)
    expect(page.get_by_text("sign in to the council’s computers with")).to_be_visible()
    page.get_by_label("Name").fill("ruth")
    page.get_by_label("Password").fill(SECRET)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Set up a second factor")
    page.get_by_label("Code").fill(code_of(page.locator("code").inner_text()))
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("link", name="I have kept them").click()
    expect(page.get_by_text("Signed in as ruth 0.")).to_be_visible()
    assert council.users()["ruth"] == '["auditor", "reviewer"]'
    rows = council.gateway.rows("SELECT email, password FROM store_user WHERE name = 'ruth'")
    assert rows[0][0] == "ruth@council.example"
    assert str(rows[0][1]).startswith("!"), "no password of the directory is kept"
    page.goto(f"{council.url}/account/password")
    expect(page.get_by_role("heading", level=1)).to_have_text("This page does not exist")
    assert council.verbs("ruth")[:2] == ["user:created", "user:signed_in"]


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("ruth", "wrong"),
        ("ruth", ""),
        ("nobody", SECRET),
        ("r*", SECRET),
        ("*", SECRET),
        ("x)(uid=ruth", SECRET),
        ("ruth\0", SECRET),
        ("twin", SECRET),
        ("no.word", ""),
        ("no.word", " "),
        (f"uid=ruth+cn=ruth 0,ou=people,{BASE}", SECRET),
    ],
)
def test_nobody_else_gets_in(council: Council, name: str, password: str) -> None:
    before = council.users()
    client, said = council.come(name, password)
    assert "There is a problem" in said
    assert client.ask("/").location.startswith("/account/sign-in")
    assert council.users() == before


def test_without_a_password_nobody_is_asked(council: Council) -> None:
    """RFC 4513, 5.1.2: the server would answer success, and know nobody."""
    settings = LdapSignIn.model_validate(council.settings)
    assert person_of(settings, "ruth", "") is None
    ruth = person_of(settings, "ruth", SECRET)
    assert ruth is not None
    assert ruth.roles == ("auditor", "reviewer")
    assert same_name("CN=Legal, OU=groups,dc=x") == same_name("cn=legal,ou=Groups,DC=x") != same_name("cn=legal,dc=x")
    assert same_name("no name") == ""


def test_whoever_has_no_role_stays_outside(council: Council) -> None:
    _, said = council.come("stranger")
    assert "none of your groups has a role here" in said
    assert "stranger" not in council.users()


def test_an_account_that_was_made_by_hand_is_never_taken_over(council: Council) -> None:
    add_accounts(council.gateway, [account("chief", "administrator")])
    _, said = council.come("chief", SECRET)
    assert "The name or the password is not right" in said
    _, said = council.come("CHIEF", SECRET)  # to the directory the same name
    assert "There is an account of your name already" in said
    assert council.users()["chief"] == '["administrator"]'
    _, leads = council.come("chief", OWN_PASSWORD)
    assert leads == "/"


def test_roles_follow_the_groups_and_an_account_can_be_switched_off(council: Council) -> None:
    _, leads = council.come("mover")
    assert leads == "/"
    in_store = council.gateway.run("users", "role", "mover", "--role", "administrator")
    assert in_store.returncode == 0, in_store.stderr
    council.come("mover")
    assert council.users()["mover"] == '["auditor", "reviewer"]'
    database = council.gateway.folder / "gateway.db"
    with closing(sqlite3.connect(database, timeout=10)) as connection, connection:
        connection.execute("UPDATE store_user SET directory = 'gone' WHERE name = 'mover'")
    _, said = council.come("mover")
    assert "There is an account of your name already" in said, "of somebody who had the name before"
    council.come("off")
    assert council.gateway.run("users", "disable", "off").returncode == 0
    client, said = council.come("off")
    assert "Your account here is switched off" in said
    assert client.ask("/").location.startswith("/account/sign-in")


def test_guessing_is_slowed_before_the_directory_is_asked(council: Council) -> None:
    said = ""
    for _ in range(6):
        _, said = council.come("throttled", "guess")
    assert "Too many tries" in said
    _, said = council.come("throttled")
    assert "Too many tries" in said, "the right one does not get past it either"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"password_file": None, "user": None}, "can't be asked|does not take"),
        ({"base": "dc=nowhere"}, "has no such base"),
        ({"ca_file": None}, "certificate does not hold|can't be asked"),
        ({"url": "ldaps://localhost:1"}, "can't be asked"),
        ({"id_attribute": "objectGUID"}, "id_attribute"),
    ],
    ids=["nobody", "base", "certificate", "not there", "no id"],
)
def test_what_is_wrong_with_a_directory_is_told_to_whoever_runs_it(
    council: Council, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(DirectoryError, match=words):
        person_of(LdapSignIn.model_validate(council.settings | changes), "ruth", SECRET)


def test_a_directory_that_is_slow_takes_a_few_threads_only(council: Council) -> None:
    settings = LdapSignIn.model_validate(council.settings)
    for _ in range(AT_ONCE):
        turns.acquire()
    try:
        with pytest.raises(DirectoryError, match="those who wait already"):
            person_of(settings, "ruth", SECRET)
    finally:
        for _ in range(AT_ONCE):
            turns.release()
    assert person_of(settings, "ruth", SECRET) is not None


def test_a_wrong_password_of_our_own_is_nobodys_who_signs_in(council: Council, tmp_path: Path) -> None:
    (tmp_path / "wrong").write_text("wrong")
    settings = LdapSignIn.model_validate(council.settings | {"password_file": str(tmp_path / "wrong")})
    with pytest.raises(DirectoryError, match=r"console\.ldap\.user"):
        person_of(settings, "ruth", SECRET)


def test_a_directory_that_is_not_there_is_said_on_the_page(council: Council, tmp_path: Path, page: Page) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    sections = {
        "console": {"url": url, "ldap": council.settings | {"url": f"ldaps://localhost:{free_port()}"}},
        "listeners": {"console": {"port": port}, "health": {"enabled": False}},
    }
    gateway = make_gateway(tmp_path / "gateway", WAYS, **sections)
    with running_console(gateway):
        client = Client(url)
        assert "can’t be asked at the moment" in client.sign_in("ruth", SECRET).text
        add_accounts(gateway, [account("by.hand", "auditor")])
        assert Client(url).sign_in("by.hand").status == 302, "who was made by hand gets in all the same"
