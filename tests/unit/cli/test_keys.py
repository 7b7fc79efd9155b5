"""`keys`: recipients' keys on the command line, over a real store."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from pysequoia import Cert, Tsk

from dlp_gateway.act.web_key_directory import Asking
from dlp_gateway.cli import key_directories
from tests.support.certificates import make_authority as make_web_authority
from tests.support.key_directory import KeyDirectory, answer
from tests.support.mail_certificates import JO, SERVER, MailAuthorities, make_authority, pem, self_signed
from tests.support.migrated import put_migrated_database
from tests.unit.cli.conftest import Ran, Run

CONFIG = """
store: {url: "sqlite:///gateway.db", spool: spool}
keys: {folder: keys}
recipient_keys:
  authorities: roots.pem
  revocation_lists: [mail.crl]
  directory_ca_file: web/authority.pem
  private_directories: true
"""
WHY = ("--reason", "told us by telephone")
Keys = Callable[..., Ran]


@pytest.fixture(scope="session")
def authorities() -> MailAuthorities:
    return MailAuthorities()


@pytest.fixture
def keys(tmp_path: Path, run: Run, authorities: MailAuthorities) -> Keys:
    path = tmp_path / "config.yaml"
    path.write_text(CONFIG, encoding="utf-8")
    (tmp_path / "roots.pem").write_bytes(authorities.root.pem)
    (tmp_path / "mail.crl").write_bytes(authorities.mail.list_of())
    assert run(["init", "--config", path]).code == 0
    put_migrated_database(tmp_path)
    return lambda *words: run(["keys", words[0], "--config", path, *words[1:]])


@pytest.fixture
def given(tmp_path: Path, authorities: MailAuthorities) -> Callable[..., Path]:
    """A file with a new certificate and its chain."""

    def make(name: str = "jo.pem", **how: object) -> Path:
        path = tmp_path / name
        path.write_bytes(pem(authorities.mail.issue(**how), authorities.mail.certificate))  # type: ignore[arg-type]
        return path

    return make


def written(folder: Path, octets: bytes, name: str = "jo.key") -> Path:
    (folder / name).write_bytes(octets)
    return folder / name


def openpgp(user_id: str = f"Jo <{JO}>") -> Cert:
    return Tsk.generate(user_id).extract_certificate()


def listed(keys: Keys, *more: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in keys("list", "--json", *more).out.splitlines()]


def test_a_certificate_with_a_good_chain_is_trusted_listed_shown_and_withdrawn(keys, given) -> None:
    added = keys("add", given(), "--for", "Jo@Partner.Example", *WHY)
    assert (added.code, added.err) == (0, "")
    assert "Trusted for jo@partner.example as number 1." in added.out
    (one,) = listed(keys)
    assert (one["for"], one["kind"], one["state"], one["fault"]) == (JO, "smime", "usable", None)
    assert (one["by_fingerprint"], one["source"], one["reason"]) == (False, "file", "told us by telephone")
    assert str(one["fingerprint"]) in keys("list").out
    shown = keys("show", "1").out
    assert "made out to         jo@partner.example" in shown
    assert "by fingerprint      no" in shown
    assert keys("withdraw", "1", "--reason", "lost their card").code == 0
    assert keys("list").out == "No key.\n"
    assert [row["state"] for row in listed(keys, "--all")] == ["withdrawn"]


def test_what_nobody_vouches_for_waits_for_its_fingerprint(keys, tmp_path) -> None:
    certificate = self_signed()
    path = written(tmp_path, pem(certificate))
    refused = keys("add", path, "--for", JO, *WHY)
    assert refused.code == 1
    assert "Not trusted: no certificate authority of recipient_keys.authorities vouches for it" in refused.out
    assert listed(keys) == []
    wrong = keys("add", path, "--for", JO, "--trust", "ab" * 32, *WHY)
    assert (wrong.code, wrong.err.count("\n")) == (2, 1)
    assert "--trust: is not the fingerprint of this key" in wrong.err
    told = certificate.fingerprint(hashes.SHA256()).hex(":").upper()
    assert keys("add", path, "--for", JO, "--trust", told, *WHY).code == 0
    assert [row["by_fingerprint"] for row in listed(keys)] == [True]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "code"), [("{right}\n", 0), ("{spaced}\n", 0), ("\n", 1), ("0badc0de\n", 1), ("{short}\n", 1)]
)
def test_at_a_terminal_somebody_types_what_the_owner_says(keys, tmp_path, monkeypatch, typed, code) -> None:
    cert = openpgp()
    end = cert.fingerprint[-20:]
    text = typed.format(right=end, spaced=f"{end[:4]} {end[4:]}".upper(), short=end[-16:])
    monkeypatch.setattr("sys.stdin", Terminal(text))
    assert keys("add", written(tmp_path, bytes(cert)), "--for", JO, *WHY).code == code
    assert len(listed(keys)) == (code == 0)


def test_an_openpgp_key_is_prolonged_by_a_newer_copy_without_asking_again(keys, tmp_path) -> None:
    secret = Tsk.generate(f"Jo <{JO}>")
    cert = secret.extract_certificate()
    path = written(tmp_path, bytes(cert))
    assert keys("add", path, "--for", JO, "--trust", cert.fingerprint, *WHY).code == 0
    assert keys("add", path, "--for", JO, *WHY).code == 1
    revoked = bytes(cert) + bytes(cert.revoke(secret.certifier()))
    ended = keys("add", written(tmp_path, revoked), "--for", JO, *WHY)
    assert "can't be used for jo@partner.example: it was revoked" in ended.err
    longer = cert.set_expiration(datetime.now(UTC) + timedelta(200), secret.certifier())
    assert keys("add", written(tmp_path, bytes(longer)), "--for", JO, *WHY).code == 0
    assert [row["number"] for row in listed(keys)] == [2]
    assert [row["number"] for row in listed(keys, "--expiring", "300")] == [2]
    assert listed(keys, "--expiring", "100") == []


def test_a_key_for_a_whole_domain_says_so(keys, given, tmp_path) -> None:
    assert keys("add", given(addresses=[], domains=["partner.example"]), "--for", "@partner.example", *WHY).code == 0
    refused = keys("add", given("bo.pem"), "--for", "@partner.example", *WHY)
    assert refused.code == 1
    assert [row["for"] for row in listed(keys)] == ["@partner.example"]


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ({"days": (-9, -1)}, "can't be used for jo@partner.example: it has expired"),
        ({"purposes": [SERVER]}, "its extended key usage does not allow e-mail"),
        ({"addresses": ["bo@partner.example"]}, "it is made out to bo@partner.example"),
        ({"addresses": []}, "it is made out to nobody"),
    ],
)
def test_a_key_that_can_not_be_used_is_refused_in_one_line(keys, given, how, said) -> None:
    path = given(**how)
    ran = keys("add", path, "--for", JO, *WHY)
    assert (ran.code, ran.out, ran.err.count("\n")) == (2, "", 1)
    assert said in ran.err
    assert str(path) in ran.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "nowhere.pem", "--for", JO, *WHY), "nowhere.pem: can't be read (No such file or directory)"),
        (
            ("add", "roots.pem", "--for", "partner.example", *WHY),
            "--for: “partner.example” is no address and no domain",
        ),
        (("add", "roots.pem", "--for", "@gmail.com", *WHY), "belongs to no one organisation; name exact addresses"),
        (("add", "roots.pem", "--for", "@co.uk", *WHY), "belongs to no one organisation"),
        (("add", "mail.crl", "--for", JO, *WHY), "mail.crl: holds no certificate that can be read"),
        (("add", "roots.pem", "--for", JO, "--reason", "x"), "--reason: says too little"),
        (("fetch", "@partner.example"), "directories are asked for one address"),
        (("fetch", "jo"), "address: “jo” is no address"),
        (("fetch", JO, "--trust", "ab"), "--reason: says too little"),
        (("show", "7"), "keys: there is no key 7; `keys list --all` shows all"),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_2(keys, words, said) -> None:
    ran = keys(*words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert len(ran.err.splitlines()) == 1


def test_a_key_that_is_not_there_can_not_be_withdrawn(keys) -> None:
    ran = keys("withdraw", "7", "--reason", "lost their card")
    assert (ran.code, ran.err) == (1, "dlp-gateway: there is no key 7\n")


@pytest.mark.parametrize("name", ["roots.pem", "mail.crl"])
def test_files_of_the_configuration_that_are_broken_are_told_with_their_names(keys, tmp_path, name) -> None:
    (tmp_path / name).write_bytes(b"nothing")
    ran = keys("list")
    assert ran.code == 2
    assert f"{tmp_path / name}: holds no" in ran.err


def test_check_judges_all_again(keys, given, tmp_path, authorities) -> None:
    assert keys("add", given(), "--for", JO, *WHY).code == 0
    assert keys("add", written(tmp_path, pem(self_signed(addresses=["bo@partner.example"]))), "--for",
                "bo@partner.example", "--trust", _fingerprint(tmp_path / "jo.key"), *WHY).code == 0  # fmt: skip
    good = keys("check")
    assert good.code == 0
    assert "1: jo@partner.example (smime): can be used until" in good.out
    assert good.out.count("no revocation list says whether it was revoked") == 1
    leaf = x509.load_pem_x509_certificates((tmp_path / "jo.pem").read_bytes())[0]
    (tmp_path / "mail.crl").write_bytes(authorities.mail.list_of(leaf))
    bad = keys("check")
    assert bad.code == 1
    assert "1: jo@partner.example (smime): can't be used: it was revoked" in bad.out
    faults = [json.loads(line)["fault"] for line in keys("check", "--json").out.splitlines()]
    assert faults == ["revoked", None]


def _fingerprint(path: Path) -> str:
    return x509.load_pem_x509_certificate(path.read_bytes()).fingerprint(hashes.SHA256()).hex()


@pytest.fixture
def directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyDirectory]:
    (tmp_path / "web").mkdir()
    authority = make_web_authority(tmp_path / "web")
    host = "openpgpkey.partner.example"
    with KeyDirectory({host: authority.server_context(host)}) as server:
        monkeypatch.setattr(key_directories, "look_up", server.look_up)
        monkeypatch.setattr(key_directories, "Asking", partial(Asking, port=server.port))
        yield server


def test_a_key_found_in_a_directory_is_shown_and_used_only_once_it_is_trusted(keys, directory) -> None:
    cert = openpgp()
    directory.answers = lambda _host, _path: answer(bytes(cert))
    found = keys("fetch", JO)
    assert found.code == 0
    assert cert.fingerprint in found.out.replace(" ", "")
    assert "Nothing is trusted yet." in found.out
    assert listed(keys) == []
    assert keys("fetch", JO, "--trust", cert.fingerprint, *WHY).code == 0
    assert [(row["kind"], row["source"]) for row in listed(keys)] == [("openpgp", "web key directory")]


def test_a_directory_that_answers_with_another_key_than_was_trusted_changes_nothing(keys, directory) -> None:
    first, second = openpgp(), openpgp()
    directory.answers = lambda _host, _path: answer(bytes(second))
    ran = keys("fetch", JO, "--trust", first.fingerprint, *WHY)
    assert ran.code == 2
    assert "--trust: is not the fingerprint of this key" in ran.err
    assert listed(keys) == []


@pytest.mark.parametrize(
    ("octets", "code", "said"),
    [
        (answer(b"", "404 Not Found"), 1, "openpgpkey.partner.example: has no key for this address"),
        (answer(b"<html>"), 2, "the directory of partner.example: holds no"),
        (answer(bytes(openpgp("Bo <bo@partner.example>"))), 2, "it is made out to bo@partner.example"),
    ],
)
def test_what_a_directory_does_not_have_is_one_line(keys, directory, octets, code, said) -> None:
    directory.answers = lambda _host, _path: octets
    ran = keys("fetch", JO, "--trust", "ab", *WHY)
    assert (ran.code, len(ran.err.splitlines())) == (code, 1)
    assert said in ran.err


def test_check_config_and_doctor_tell_of_keys_and_lists_that_end(keys, given, tmp_path, authorities, run) -> None:
    config = tmp_path / "config.yaml"
    good = run(["check-config", "--config", config])
    assert (good.code, "key" in good.err) == (0, False)
    assert keys("add", given(days=(-1, 5)), "--for", JO, *WHY).code == 0
    warned = run(["check-config", "--config", config])
    assert warned.code == 0
    assert "warning: key 1 of jo@partner.example: works until " in warned.err
    (tmp_path / "mail.crl").write_bytes(authorities.mail.list_of(days=(-9, -1)))
    told = run(["check-config", "--config", config]).err
    assert f"warning: {tmp_path / 'mail.crl'}: the revocation list is out of date" in told
    assert "key 1 of jo@partner.example: can't be used: the revocation list of its certificate authority" in told
    (line,) = [one for one in run(["doctor", "--config", config]).out.splitlines() if " recipients " in one]
    assert line.startswith("warning")
    assert "keys for encryption: 1 unusable" in line
    (tmp_path / "mail.crl").write_bytes(b"nothing")
    broken = run(["check-config", "--config", config])
    assert (broken.code, f"{tmp_path / 'mail.crl'}: holds no revocation list" in broken.err) == (2, True)


def test_check_config_tells_of_an_authority_that_has_ended(keys, tmp_path, run) -> None:
    (tmp_path / "roots.pem").write_bytes(make_authority("Old root", days=(-30, -1)).pem)
    warned = run(["check-config", "--config", tmp_path / "config.yaml"])
    assert warned.code == 0
    assert "the authority “CN=Old root” has ended" in warned.err


def test_check_can_ask_directories_whether_keys_in_use_were_revoked_or_prolonged(keys, directory, tmp_path) -> None:
    """A revocation that its owner publishes after we took the key is learned by nothing else."""
    secret = Tsk.generate(f"Jo <{JO}>")
    cert = secret.extract_certificate()
    added = keys("add", written(tmp_path, bytes(cert)), "--for", JO, "--trust", cert.fingerprint, *WHY)
    assert added.code == 0
    longer = cert.set_expiration(datetime.now(UTC) + timedelta(200), secret.certifier())
    told = []
    for octets in (
        answer(bytes(cert)),
        answer(bytes(longer)),
        answer(bytes(cert) + bytes(cert.revoke(secret.certifier()))),
        answer(bytes(openpgp())),
        answer(b"", "404 Not Found"),
    ):
        directory.answers = lambda _host, _path, octets=octets: octets
        ran = keys("check", "--fetch", "--json")
        told.append((ran.code, json.loads(ran.out)["news"]))
    assert told == [
        (0, None),
        (1, "the directory has a newer copy; take it up with `keys fetch`"),
        (1, "the directory has a newer copy, and by that it was revoked; withdraw the key"),
        (1, "the directory has another key; ask its owner which is right"),
        (0, None),
    ]
    directory.answers = lambda _host, _path: answer(bytes(longer))
    assert keys("fetch", JO, *WHY, "--trust", cert.fingerprint).code == 0
    directory.answers = lambda _host, _path: answer(b"", "404 Not Found")
    (row,) = [json.loads(line) for line in keys("check", "--fetch", "--json").out.splitlines()]
    assert row["news"] == "nothing new is known: openpgpkey.partner.example: has no key for this address"
    assert keys("check").code == 0


def test_a_new_key_of_our_own_is_made_beside_the_older_one(run: Run, tmp_path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("keys: {folder: keys}\nstore: {spool: spool, url: 'sqlite:///gateway.db'}\n", encoding="utf-8")
    assert run(["keys", "rotate", "--config", path]).code == 2, "there must be keys to begin with"
    assert run(["init", "--config", path]).code == 0
    ran = run(["keys", "rotate", "--config", path])
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"made {tmp_path}/keys/seal-0002.key.")
