"""Reads the configuration: one YAML file and the environment.

A value can be overridden from the environment: `DLP_GATEWAY__STORE__URL=...` sets `store.url`; its text is read as
YAML.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from .config import Config
from .errors import ConfigError, Fault
from .yaml_file import Document, load_document, validate

SYSTEM_CONFIG = Path("/etc/dlp-gateway/config.yaml")

_ENVIRONMENT_PREFIX = "DLP_GATEWAY__"


def find_config(argument: str | None, environ: Mapping[str, str] = os.environ) -> Path:
    """The configuration file: the argument, `DLP_GATEWAY_CONFIG`, ./config.yaml, the system's."""
    if argument:
        return Path(argument)
    if environ.get("DLP_GATEWAY_CONFIG"):
        return Path(environ["DLP_GATEWAY_CONFIG"])
    local = Path("config.yaml")
    return local if local.exists() else SYSTEM_CONFIG


def load_config(path: Path, environ: Mapping[str, str] = os.environ) -> Config:
    """Read and check the configuration. Raises ConfigError with every fault found."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(
            [
                Fault(
                    file=str(path),
                    text=f"can't be read ({error.strerror}); copy config.example.yaml there, or name one with --config",
                )
            ]
        ) from None
    except UnicodeDecodeError:
        raise ConfigError([Fault(file=str(path), text="is not UTF-8 text")]) from None
    document = load_document(text, str(path))
    _drop_empty_sections(document.value)
    _override(document, environ)
    config = validate(document, Config)
    return _resolve_paths(config, path.parent)


def _drop_empty_sections(value: Any) -> None:
    """A section with every line commented out (`store:`) means its defaults."""
    if isinstance(value, dict):
        for key in [k for k, v in value.items() if v is None and k in Config.model_fields]:
            del value[key]


def _override(document: Document, environ: Mapping[str, str]) -> None:
    """Put the values of the environment into the document. Raises ConfigError with every variable that
    can't be read or fits nowhere; what a value must be is checked with the rest of the document."""
    faults: list[Fault] = []
    for variable in sorted(environ):
        if not variable.startswith(_ENVIRONMENT_PREFIX):
            continue
        name = f"environment {variable}"
        keys = tuple(key.lower() for key in variable.removeprefix(_ENVIRONMENT_PREFIX).split("__"))
        section = document.value
        for key in keys[:-1]:
            section = section.setdefault(key, {}) if isinstance(section, dict) else None
        if not isinstance(section, dict):
            above = ".".join(keys[:-1]) or str(document.file)
            faults.append(Fault(file=name, text=f"{above} holds no named values; set it as a whole or in the file"))
            continue
        try:
            section[keys[-1]] = load_document(environ[variable], name).value
        except ConfigError as error:
            faults += error.faults
        document.sources[keys] = name
    if faults:
        raise ConfigError(faults)


def _resolve_paths(config: Config, folder: Path) -> Config:
    """Relative paths count from the folder of the configuration file, not from wherever we were started."""

    def resolve(value: Any) -> Any:
        if isinstance(value, Path):
            return value if value.is_absolute() else (folder / value).resolve()
        if isinstance(value, BaseModel):
            return value.model_copy(update={name: resolve(getattr(value, name)) for name in type(value).model_fields})
        if isinstance(value, tuple):
            return tuple(resolve(item) for item in value)
        if isinstance(value, dict):
            return {key: resolve(item) for key, item in value.items()}
        return value

    resolved: Config = resolve(config)
    url = resolved.store.url
    if url.startswith("sqlite:///") and not url.startswith("sqlite:////"):
        absolute = (folder / url.removeprefix("sqlite:///")).resolve()
        resolved = resolved.model_copy(
            update={"store": resolved.store.model_copy(update={"url": f"sqlite:///{absolute}"})}
        )
    return resolved
