"""The configuration and rules under which a command runs."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

import pytest

from dlp_gateway.cli.settings import config_or_defaults, fingerprint_key, open_store, required_config, rules_folder
from dlp_gateway.config import Config
from dlp_gateway.config_file import SYSTEM_CONFIG
from dlp_gateway.errors import ConfigError
from dlp_gateway.keys import create_keys, load_keys


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DLP_GATEWAY_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)


def options(**values: object) -> Namespace:
    return Namespace(**({"config": None, "rules": None} | values))


def test_looking_at_a_mail_file_needs_no_installation() -> None:
    assert not SYSTEM_CONFIG.exists()
    assert config_or_defaults(options()) == Config()


def test_running_a_gateway_does() -> None:
    with pytest.raises(ConfigError):
        required_config(options())


def test_a_configuration_that_is_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(ConfigError):
        config_or_defaults(options(config="absent.yaml"))


def test_the_configuration_of_the_folder_counts(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text("hostname: mx.council.example\n")
    assert config_or_defaults(options()).hostname == "mx.council.example"
    assert required_config(options()).hostname == "mx.council.example"


def test_rules_of_the_command_line_come_before_the_configurations(tmp_path: Path) -> None:
    config = Config(rules=tmp_path / "configured")
    assert rules_folder(options(), config) == tmp_path / "configured"
    assert rules_folder(options(rules=str(tmp_path)), config) == tmp_path
    with pytest.raises(ConfigError, match="--rules takes a folder"):
        rules_folder(options(rules=str(tmp_path / "absent")), config)


def test_values_are_counted_under_the_installations_key_or_one_for_this_run(tmp_path: Path) -> None:
    config = Config.model_validate({"keys": {"folder": tmp_path / "keys"}})
    assert len(fingerprint_key(config)) == 32
    assert fingerprint_key(config) != fingerprint_key(config)
    create_keys(tmp_path / "keys")
    assert fingerprint_key(config) == load_keys(tmp_path / "keys").fingerprint


def test_a_command_opens_the_store_beside_a_gateway_that_runs(tmp_path: Path) -> None:
    create_keys(tmp_path / "keys")
    config = Config.model_validate(
        {
            "store": {"url": f"sqlite:///{tmp_path / 'gateway.db'}", "spool": tmp_path / "spool"},
            "keys": {"folder": tmp_path / "keys"},
        }
    )
    first, second = open_store(config), open_store(config)
    assert second.recovery.boots == ()
    second.close()
    first.close()
