"""What is documented is what is."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from pydantic import BaseModel

from dlp_gateway.config import Config
from dlp_gateway.config_access import Client, ClientCertificate, SmtpListener, Tls, User
from dlp_gateway.config_example import HEAD, WIDTH, example_yaml
from dlp_gateway.config_file import load_config
from dlp_gateway.config_ways import Route


def sections(section: BaseModel, path: str = "") -> Iterator[tuple[str, str, str]]:
    """(path, name, description) of every field of the configuration that has a place in the example."""
    for name, info in type(section).model_fields.items():
        yield path, name, info.description or ""
        value = getattr(section, name)
        items = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
        for item in items:
            if isinstance(item, BaseModel):
                yield from sections(item, f"{path}{name}.")


def test_the_example_in_the_repository_is_the_generated_one(repository: Path) -> None:
    assert (repository / "config.example.yaml").read_text(encoding="utf-8") == example_yaml(), (
        "run `make config.example.yaml`"
    )


def test_loading_the_example_gives_the_defaults(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text(example_yaml(), encoding="utf-8")
    assert load_config(path, {}) == Config()


@pytest.fixture(scope="module")
def example() -> str:
    return example_yaml()


@pytest.mark.parametrize(("path", "name", "description"), sorted(set(sections(Config()))))
def test_every_field_appears_with_its_description(path: str, name: str, description: str, example: str) -> None:
    assert description.endswith(".")
    indent = next(
        len(line) - len(line.lstrip())
        for line in example.splitlines()
        if line.lstrip().startswith(f"{name}:") and line.startswith("  ") == bool(path)
    )
    assert indent % 2 == 0
    words = " ".join(textwrap.wrap(description, 10_000))
    shown = " ".join(line.strip().removeprefix("# ") for line in example.splitlines())
    assert words in shown


@pytest.mark.parametrize("model", [Client, ClientCertificate, Route, SmtpListener, Tls, User])
def test_every_field_of_a_list_entry_is_described_too(model: type[BaseModel]) -> None:
    assert all((info.description or "").endswith(".") for info in model.model_fields.values())


def test_descriptions_are_wrapped() -> None:
    lines = example_yaml().removeprefix(HEAD).splitlines()
    assert max(len(line) for line in lines if line.lstrip().startswith("#")) <= WIDTH + len("# ")


def test_the_example_names_what_the_interface_promises() -> None:
    example = yaml.safe_load(example_yaml())
    assert {"listeners", "clients", "routes", "default_route", "default_encrypt_route", "store", "rules", "limits"} <= (
        example.keys()
    )
    assert {"networks", "vouches_for_sender"} <= example["clients"][0].keys()
    assert {"kind", "next_hop"} <= example["routes"]["relay"].keys()
