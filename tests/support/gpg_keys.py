"""OpenPGP keys made by GnuPG, with subkeys as their owners leave them: ended, revoked, replaced."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

LONG_AGO = "20240101T000000!"  # the clock stands still there
"""A time of making for what shall have ended by now."""


@dataclass(frozen=True, slots=True)
class GpgHome:
    """A key ring of its own in `folder`."""

    folder: Path

    def run(self, *words: str, at: str | None = None, typed: bytes | None = None) -> bytes:
        command = ["gpg", "--homedir", str(self.folder), "--yes", "--no-tty", "--pinentry-mode", "loopback"]
        command += ["--passphrase", "", *(["--faked-system-time", at] if at else [])]
        command += ["--command-fd", "0"] if typed is not None else ["--batch"]
        done = subprocess.run([*command, *words], input=typed or b"", capture_output=True, timeout=60)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def make(self, user_id: str, *, at: str | None = None, until: str = "never") -> str:
        """A key that certifies and signs; answers its fingerprint."""
        self.run("--quick-generate-key", user_id, "ed25519", "cert,sign", until, at=at)
        rows = [row.split(":") for row in self.run("--with-colons", "--list-keys", user_id).decode().splitlines()]
        return next(row[9] for row in rows if row[0] == "fpr")

    def add_encryption(self, fingerprint: str, *, at: str | None = None, until: str = "never") -> None:
        self.run("--quick-add-key", fingerprint, "cv25519", "encr", until, at=at)

    def revoke_subkey(self, fingerprint: str, number: int) -> None:
        self.run("--edit-key", fingerprint, typed=f"key {number}\nrevkey\ny\n0\n\ny\nsave\n".encode())

    def revoke_name(self, fingerprint: str, user_id: str) -> None:
        self.run("--quick-revoke-uid", fingerprint, user_id)

    def public(self, fingerprint: str, *, armoured: bool = False) -> bytes:
        return self.run(*(["--armor"] if armoured else []), "--export", fingerprint)

    def secret(self, fingerprint: str) -> bytes:
        return self.run("--export-secret-keys", fingerprint)

    def stop(self) -> None:
        subprocess.run(["gpgconf", "--homedir", str(self.folder), "--kill", "all"], capture_output=True, timeout=20)
