"""What `check-config` and `doctor` say about who may come in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dlp_gateway.cli.access_checks import access_state, access_warnings
from dlp_gateway.config import Config, Listeners
from dlp_gateway.config_access import Authentication, Client, ClientCertificate, SmtpListener, Tls, User
from dlp_gateway.errors import ConfigError
from tests.support.receive import make_certificate, password_hash

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=100)  # when the certificate of one day had many left


def config_of(tls: Tls | None, **more) -> Config:
    return Config(listeners=Listeners(smtp=(SmtpListener(tls=tls),)), **more)


@pytest.fixture
def tls(tmp_path: Path) -> Tls:
    return make_certificate(tmp_path)


def users_file(folder: Path, mode: int = 0o640) -> Path:
    path = folder / "users"
    path.write_text(f"ann:{password_hash()}\nbob:{password_hash()}\n")
    path.chmod(mode)
    return path


def test_the_defaults_are_no_worry() -> None:
    assert access_warnings(Config(), NOW) == []
    assert access_state(Config(), NOW) == ("ok", "no listener has TLS; log-ins: none")


def test_a_certificate_that_ends_soon_or_has_ended_is_told_of(tls: Tls) -> None:
    (soon,) = access_warnings(config_of(tls), NOW)
    assert (soon.file, "ends on" in soon.text) == (str(tls.certificate), True)
    (over,) = access_warnings(config_of(tls), NOW + timedelta(days=2))
    assert "ended on" in over.text
    assert access_warnings(config_of(tls), LONG_AGO) == []


def test_every_file_that_can_not_be_used_is_a_fault(tls: Tls, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.write_text("nonsense\n")
    wanted = ClientCertificate(names=("mail.council.example",), authorities=broken)
    config = config_of(
        Tls(certificate=broken, key=tls.key),
        clients=(Client(name="exchange", certificate=wanted),),
        authentication=Authentication(kind="file", file=broken),
    )
    with pytest.raises(ConfigError) as caught:
        access_warnings(config, NOW)
    assert len(caught.value.faults) == 3
    assert {fault.file for fault in caught.value.faults} == {str(broken)}


def test_a_bad_hash_in_the_configuration_is_a_fault() -> None:
    with pytest.raises(ConfigError, match="user ann: password_hash is not one"):
        access_warnings(config_of(None, users=(User(name="ann", password_hash="words"),)), NOW)


def test_a_file_of_users_that_everybody_can_read_is_told_of(tls: Tls, tmp_path: Path) -> None:
    config = config_of(tls, authentication=Authentication(kind="file", file=users_file(tmp_path, 0o644)))
    (warning,) = access_warnings(config, LONG_AGO)
    assert "chmod 0640" in warning.text


def test_users_who_can_log_in_nowhere_are_told_of(tmp_path: Path) -> None:
    config = config_of(None, authentication=Authentication(kind="file", file=users_file(tmp_path)))
    (warning,) = access_warnings(config, NOW)
    assert "nobody can log in" in warning.text


def test_doctor_counts_the_users_and_names_the_day(tls: Tls, tmp_path: Path) -> None:
    config = config_of(tls, authentication=Authentication(kind="file", file=users_file(tmp_path)))
    state, text = access_state(config, LONG_AGO)
    assert state == "ok"
    assert text == f"certificates until {(NOW + timedelta(days=1)).date()}; log-ins: 2 users of {tmp_path}/users"


def test_doctor_finds_a_dovecot_that_is_not_there(tls: Tls) -> None:
    config = config_of(tls, authentication=Authentication(kind="dovecot", socket="/nonexistent/auth-client"))
    state, text = access_state(config, LONG_AGO)
    assert state == "warning"
    assert "Dovecot's socket can't be opened (No such file or directory); nobody can log in meanwhile" in text
