"""Sealed files: octets at rest, never in clear.

A file holds a header, then chunks of 64 KiB under AES-256-GCM with a random key of its own; that key
stands in the header, wrapped (RFC 3394) by one of the installation's seal keys, so that changing seal
keys touches no body. Every chunk is bound to the file's name, its number and whether it is the last:
a chunk that is changed, moved, cut off or brought from another file does not open.

    header: "DLPSEAL1" · length of key id (1 octet) · key id · wrapped key (40 octets)
    chunk:  ciphertext · tag (16 octets); the nonce is the chunk's number
"""

from __future__ import annotations

import contextlib
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from ..errors import StoreUnavailableError
from ..keys import Keys
from ..octets import Octets, blocks
from ..sealed_file import SPOOL_ABOVE_BYTES, taken_in
from .values import BodyDamagedError

CHUNK_BYTES = 64 * 1024
_MAGIC = b"DLPSEAL1"
_WRAPPED_BYTES = 40
_TAG_BYTES = 16
_SUFFIX = ".sealed"
_UNFINISHED = ".unfinished"


class Spool:
    """A folder of sealed files. A key is `boot-id.random`: who made the file stands in its name, so that
    a sweep never takes what a living process is about to record. Blocking; call it in a thread."""

    def __init__(self, folder: Path, keys: Keys, boot_id: str) -> None:
        self._folder = folder
        self._keys = keys
        self._boot_id = boot_id
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def seal(self, octets: Octets) -> str:
        """Write durably; answers the key. Raises StoreUnavailableError when the disk does not take it."""
        key = f"{self._boot_id}.{secrets.token_hex(16)}"
        path = self._path(key)
        unfinished = path.with_suffix(_UNFINISHED)
        try:
            descriptor = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.writelines(self._sealed(key, octets))
                file.flush()
                os.fsync(file.fileno())
            os.rename(unfinished, path)
            self._sync_folder()  # without it a power cut can take the name back
        except OSError as error:
            with contextlib.suppress(OSError):
                unfinished.unlink()
            raise StoreUnavailableError(f"the spool refused a file: {type(error).__name__} {error.errno}") from None
        return key

    def unseal(self, key: str) -> Octets:
        """The octets; large ones lie on the disk again, under a key in memory: so what is damaged is found before any
        of it has left. Raises BodyDamagedError when the file is missing, cut, altered or of a lost key."""
        try:
            with self._path(key).open("rb") as file:
                header, cipher = self._read_header(file)
                chunks = _opened(cipher, _bound(key, header), file)
                if os.fstat(file.fileno()).st_size <= SPOOL_ABOVE_BYTES:
                    return b"".join(chunks)
                return taken_in(chunks, self._folder)
        except OSError as error:
            raise BodyDamagedError(f"sealed file can't be read: {type(error).__name__} {error.errno}") from None
        except (InvalidTag, InvalidUnwrap, ValueError):
            raise BodyDamagedError("sealed file does not open: altered, cut short, or of another key") from None

    def _read_header(self, file: IO[bytes]) -> tuple[bytes, AESGCM]:
        header = file.read(len(_MAGIC) + 1)
        key_id = file.read(header[-1]) if len(header) > len(_MAGIC) else b""
        seal_key = self._keys.seal.get(key_id.decode("ascii", "replace"))
        if not header.startswith(_MAGIC) or seal_key is None:
            raise BodyDamagedError("sealed file has no known key")
        return header + key_id, AESGCM(aes_key_unwrap(seal_key, file.read(_WRAPPED_BYTES)))

    def discard(self, key: str) -> None:
        """Remove; nothing happens when it is gone already."""
        with contextlib.suppress(FileNotFoundError):
            self._path(key).unlink()

    def files(self) -> list[tuple[str, str, str]]:
        """(boot id, key, file name) of every file, unfinished ones too."""
        found = []
        for name in os.listdir(self._folder):
            stem, suffix = os.path.splitext(name)
            if suffix in (_SUFFIX, _UNFINISHED):
                found.append((stem.partition(".")[0], stem, name))
        return found

    def sweep(self, names: Iterable[str]) -> int:
        """Remove these files."""
        count = 0
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                (self._folder / name).unlink()
                count += 1
        return count

    def _path(self, key: str) -> Path:
        if not all(part.isalnum() for part in key.split(".")):
            raise BodyDamagedError("not a key of the spool")
        return self._folder / f"{key}{_SUFFIX}"

    def _sync_folder(self) -> None:
        descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _sealed(self, key: str, octets: Octets) -> Iterable[bytes]:
        own_key = AESGCM.generate_key(256)
        key_id = self._keys.seal_id.encode("ascii")
        header = _MAGIC + bytes([len(key_id)]) + key_id
        yield header + aes_key_wrap(self._keys.seal[self._keys.seal_id], own_key)
        cipher, bound = AESGCM(own_key), _bound(key, header)
        count = max(1, -(-len(octets) // CHUNK_BYTES))
        for number, chunk in enumerate(_chunks(blocks(octets), count)):
            yield cipher.encrypt(_nonce(number), chunk, bound + _place(number, last=number == count - 1))


def _chunks(several: Iterable[bytes], count: int) -> Iterable[bytes | memoryview]:
    """The same octets in so many chunks of CHUNK_BYTES, but for the last; blocks that need not be joined are not."""
    left = b""
    for block in several:
        view = memoryview(left + block if left else block)
        while len(view) >= CHUNK_BYTES:
            yield view[:CHUNK_BYTES]
            view, count = view[CHUNK_BYTES:], count - 1
        left = bytes(view)
    if count:
        yield left


def _opened(cipher: AESGCM, bound: bytes, file: IO[bytes]) -> Iterable[bytes]:
    step = CHUNK_BYTES + _TAG_BYTES
    sealed, number = file.read(step), 0
    while True:
        following = file.read(step)
        yield cipher.decrypt(_nonce(number), sealed, bound + _place(number, last=not following))
        if not following:
            return
        sealed, number = following, number + 1


def _bound(key: str, header: bytes) -> bytes:
    return header + b"\0" + key.encode("ascii") + b"\0"


def _nonce(number: int) -> bytes:
    return number.to_bytes(12, "big")


def _place(number: int, *, last: bool) -> bytes:
    return number.to_bytes(8, "big") + (b"\1" if last else b"\0")
