"""The installation's secret keys: files beside the configuration, never in the store or its backups.

``seal-NNNN.key`` seal what is held at rest (the highest number seals, all open), ``fingerprint.key``
makes fingerprints of found values and hashes of contacts, ``mark.key`` signs our loop mark, ``console.key``
signs links into the console and its sessions. Each file holds 32 random octets in hexadecimal.
"""

from __future__ import annotations

import hmac
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from .errors import ConfigError, Fault

KEY_BYTES = 32

CONSOLE_KEY = "console.key"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """All keys, 32 octets each. `seal` maps a key's id ("0001") to it; `seal_id` is the one in use."""

    seal: dict[str, bytes] = field(repr=False)
    seal_id: str
    fingerprint: bytes = field(repr=False)
    mark: bytes = field(repr=False)

    @property
    def contacts(self) -> bytes:
        """The key of what is learned of contacts: made of the key of fingerprints, and of no use for them."""
        return hmac.digest(self.fingerprint, b"contacts learned from envelopes", "sha256")


def create_keys(folder: Path) -> list[Path]:
    """Make the keys that do not exist yet; answers the files made."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = []
    names = ["fingerprint.key", "mark.key", CONSOLE_KEY]
    if not list(folder.glob("seal-*.key")):
        names.append("seal-0001.key")
    for name in names:
        path = folder / name
        if path.exists():
            continue
        _write_new(path)
        made.append(path)
    return made


def rotate_seal(folder: Path) -> Path:
    """Make the next key that seals; whoever reads the keys from now on seals with it. Raises OSError."""
    newest = max((path.stem.removeprefix("seal-") for path in folder.glob("seal-*.key")), default="0000")
    path = folder / f"seal-{int(newest) + 1:04}.key"
    _write_new(path)
    return path


def _write_new(path: Path) -> None:
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o400)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(KEY_BYTES) + "\n")
        file.flush()
        os.fsync(file.fileno())


def load_keys(folder: Path) -> Keys:
    """Read all keys. Raises ConfigError for every one that is missing or broken: without its keys
    the gateway must not take mail, or it would hold it in clear."""
    faults: list[Fault] = []
    seal = {path.stem.removeprefix("seal-"): _read(path, faults) for path in sorted(folder.glob("seal-*.key"))}
    if not seal:
        faults.append(Fault(file=str(folder), text="holds no seal-NNNN.key; `dlp-gateway init` makes the keys"))
    fingerprint, mark = _read(folder / "fingerprint.key", faults), _read(folder / "mark.key", faults)
    if faults:
        raise ConfigError(faults)
    return Keys(seal=seal, seal_id=max(seal), fingerprint=fingerprint, mark=mark)


def load_console_key(folder: Path) -> bytes:
    """The key that gateway and console share; the console has no other, so that it can't open held mail.
    Raises ConfigError when it is missing or broken."""
    faults: list[Fault] = []
    key = _read(folder / CONSOLE_KEY, faults)
    if faults:
        raise ConfigError(faults)
    return key


def secret_in(path: Path | None) -> str | None:
    """A password or the like that somebody wrote into a file, without the line end behind it; None where there is no
    file. Raises ConfigError."""
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise ConfigError([Fault(file=str(path), text="can't be read as UTF-8 text")]) from None


def _read(path: Path, faults: list[Fault]) -> bytes:
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except OSError as error:
        faults.append(
            Fault(file=str(path), text=f"can't be read ({error.strerror}); `dlp-gateway init` makes the keys")
        )
        return b""
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        faults.append(Fault(file=str(path), text=f"is not a key; it must hold {KEY_BYTES} octets in hexadecimal"))
    return key
