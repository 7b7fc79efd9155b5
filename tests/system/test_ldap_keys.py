"""`keys fetch --ldap` against the real OpenLDAP: found, shown, and trusted only by its fingerprint."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from dlp_gateway.act.ldap_directory import certificates_of
from dlp_gateway.act.web_key_directory import KeyFetchError
from dlp_gateway.config_ways import LdapDirectory
from tests.support.certificates import make_authority
from tests.support.encryption_keys import SmimeKey, rsa_key, smime_key
from tests.support.gateway_process import GatewayProcess, make_gateway
from tests.support.slapd import BASE, PASSWORD, USER, running_slapd

ROUTES = {"relay": {"kind": "relay", "next_hop": "127.0.0.1:1"}, "secure": {"kind": "tls"}}


@dataclass(frozen=True, kw_only=True)
class Office:
    gateway: GatewayProcess
    jo: SmimeKey
    open: LdapDirectory


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Jo has an old certificate and a good one; anybody may look. The second directory wants a password."""
    folder = tmp_path_factory.mktemp("ldap")
    authority, stranger = make_authority(folder), make_authority(tmp_path_factory.mktemp("stranger"))
    server, _ = authority.server_files("localhost")
    old = smime_key(folder, "jo", rsa_key(), days=(-30, -1)).der
    jo = smime_key(folder, "jo", rsa_key())
    people = {"jo@partner.example": [old, jo.der], "kim@partner.example": []}
    pem = server.read_bytes()
    password = folder / "password"
    password.write_text(PASSWORD)
    with (
        running_slapd(folder / "open", pem, people) as url,
        running_slapd(folder / "closed", pem, people, log_in=True) as closed,
    ):
        common = {"base": BASE, "ca_file": str(authority.file)}
        directories = [
            {"name": "open", "url": url, **common},
            {"name": "closed", "url": closed, "user": USER, "password_file": str(password), **common},
            {"name": "no-password", "url": closed, **common},
            {"name": "wrong-base", "url": url, **common, "base": "dc=nowhere"},
            {"name": "not-trusted", "url": url, "base": BASE, "ca_file": str(stranger.file)},
            {"name": "not-there", "url": "ldaps://localhost:1", **common},
        ]
        gateway = make_gateway(folder / "gateway", ROUTES, recipient_keys={"directories": directories})
        yield Office(gateway=gateway, jo=jo, open=LdapDirectory.model_validate(directories[0]))


def fingerprint(key: SmimeKey) -> str:
    return x509.load_pem_x509_certificate(key.pem).fingerprint(hashes.SHA256()).hex()


@pytest.mark.parametrize("directory", ["open", "closed"])
def test_the_certificate_that_could_be_used_is_shown_and_trusted_by_nobody(office: Office, directory: str) -> None:
    found = office.gateway.run("keys", "fetch", "jo@partner.example", "--ldap", directory)
    assert (found.returncode, found.stderr) == (0, "")
    assert fingerprint(office.jo) in found.stdout.replace(" ", "")
    assert "Nothing is trusted yet" in found.stdout
    assert office.gateway.run("keys", "list").stdout == "No key.\n"


@pytest.mark.parametrize(
    ("directory", "address", "code", "words"),
    [
        ("open", "kim@partner.example", 1, "open: has no certificate for this address"),
        ("open", "nobody@partner.example", 1, "open: has no certificate for this address"),
        ("no-password", "jo@partner.example", 1, "no-password: "),
        ("wrong-base", "jo@partner.example", 1, "wrong-base: has no such base"),
        ("not-trusted", "jo@partner.example", 1, "not-trusted: "),
        ("not-there", "jo@partner.example", 1, "not-there: can't be asked"),
        ("other", "jo@partner.example", 2, "--ldap: no directory “other”; known: closed, no-password, not-there, "),
    ],
)
def test_what_can_not_be_had_is_one_line(office: Office, directory: str, address: str, code: int, words: str) -> None:
    asked = office.gateway.run("keys", "fetch", address, "--ldap", directory)
    assert (asked.returncode, asked.stdout) == (code, "")
    assert asked.stderr.startswith(f"dlp-gateway: {words}")
    assert len(asked.stderr.splitlines()) == 1
    assert "partner.example" not in asked.stderr


@pytest.mark.filterwarnings("ignore:ssl.match_hostname:DeprecationWarning")  # ldap3 2.9.1 on Python 3.11
@pytest.mark.parametrize("address", ["j*@partner.example", "*", "x)(mail=jo@partner.example"])
def test_what_is_asked_for_is_an_address_and_no_filter(office: Office, address: str) -> None:
    """RFC 4515, 3: a star would mean everybody's."""
    with pytest.raises(KeyFetchError, match="has no certificate"):
        certificates_of(address, office.open)


def test_by_its_fingerprint_it_is_trusted_and_its_source_is_kept(office: Office) -> None:
    words = ("--trust", fingerprint(office.jo), "--reason", "read to us on the telephone")
    trusted = office.gateway.run("keys", "fetch", "jo@partner.example", "--ldap", "open", *words)
    assert trusted.returncode == 0, trusted.stderr
    assert "LDAP directory open" in office.gateway.run("keys", "show", "1").stdout
