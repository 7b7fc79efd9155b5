"""Encrypts a message to one recipient's own key, as its route says: the one way to S/MIME and OpenPGP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from ..change import Protected
from ..config import Config
from ..config_ways import Route, Signing
from ..errors import ConfigError, Fault, NotEncryptedError, RecipientNotEncryptedError
from ..octets import Octets
from ..recipient_keys import KeyFault, KeyKind, KeyRing, NoKey, RecipientKey
from ..sealed_file import kept, with_whole
from ..secure_way import NoWay, WayFact
from .openpgp import OpenpgpSigner, encrypt_openpgp
from .smime import SmimeProfile, SmimeSigner, encrypt_smime

AT_ONCE = 2  # programs that encrypt run at one time: each may need several hundred MiB
_END = b"-----END CERTIFICATE-----"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signers:
    """The council's keys, read at the start; None where it has none."""

    smime: SmimeSigner | None = None
    openpgp: OpenpgpSigner | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A message that was encrypted, and how, in fixed words."""

    octets: Octets = field(repr=False)
    words: str


class Sealer:
    """`ring` answers the keys of recipients as they are now."""

    def __init__(self, config: Config, ring: Callable[[], KeyRing]) -> None:
        """Reads the council's own keys. Raises ConfigError with every file that can't be used."""
        self._routes: Mapping[str, Route] = {name: config.routes[name] for name in config.key_routes}
        self._ring = ring
        self._signers = read_signers(config.signing)
        self._seconds = config.times.inspection_seconds
        self._spool = config.store.spool
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="sealing")

    def fact(self, route: str, recipient: str) -> WayFact:
        """Whether there is a key by which this route reaches the recipient now."""
        found = self._key(route, recipient)
        if isinstance(found, NoKey):
            fault = NoWay.NO_KEY if found.why is KeyFault.MISSING else NoWay.KEY_UNFIT
            return WayFact(route=route, recipient=recipient.lower(), fault=fault)
        return WayFact(route=route, recipient=recipient.lower(), proof=f"{found.kind}:{found.fingerprint}")

    async def seal(self, route: str, octets: Octets, recipient: str) -> Sealed:
        """The message as the recipient alone can read it. Raises RecipientNotEncryptedError where that can't be done,
        TemporaryError where it can't be done now."""
        key = self._key(route, recipient)
        if isinstance(key, NoKey):
            raise RecipientNotEncryptedError("no key", route=route, recipient=recipient)
        work = asyncio.get_running_loop().run_in_executor(self._threads, self._sealed, route, octets, key)
        try:
            return await work
        except NotEncryptedError as error:
            raise RecipientNotEncryptedError(error.why, route=route, recipient=recipient) from None

    def close(self) -> None:
        """Let what runs come to its end."""
        self._threads.shutdown()

    def _key(self, route: str, recipient: str) -> RecipientKey | NoKey:
        return self._ring().for_recipient(recipient, KeyKind(self._routes[route].kind), datetime.now(UTC))

    def _sealed(self, name: str, octets: Octets, key: RecipientKey) -> Sealed:
        protected = with_whole(octets, lambda whole: self._encrypted(name, whole, key))
        return Sealed(octets=kept(protected.octets, self._spool), words=protected.words)

    def _encrypted(self, name: str, octets: bytes, key: RecipientKey) -> Protected:
        route, now = self._routes[name], datetime.now(UTC)
        if key.kind is KeyKind.OPENPGP:
            return encrypt_openpgp(
                octets,
                [key.octets],
                signer=self._signers.openpgp if route.sign else None,
                protect_subject=route.protect_subject,
                now=now,
                seconds=self._seconds,
            )
        return encrypt_smime(
            octets,
            [key.octets],
            profile=SmimeProfile(route.smime_profile),
            signer=self._signers.smime if route.sign else None,
            protect_subject=route.protect_subject,
            now=now,
            seconds=self._seconds,
        )


def read_signers(settings: Signing) -> Signers:
    """Raises ConfigError with every file that can't be read, or that others may read too."""
    faults: list[Fault] = []
    chain = _read(settings.smime_certificate, faults, secret=False)
    key = _read(settings.smime_key, faults)
    openpgp = _read(settings.openpgp_key, faults)
    password = _read(settings.openpgp_password_file, faults)
    if faults:
        raise ConfigError(faults)
    smime = None
    if chain and key:
        own, _, above = chain.partition(_END)
        smime = SmimeSigner(certificate=own + _END + b"\n", key=key, chain=above.strip(), clear=settings.smime_clear)
    pgp = OpenpgpSigner(key=openpgp, password=password.decode().strip() or None) if openpgp else None
    return Signers(smime=smime, openpgp=pgp)


def _read(path: Path | None, faults: list[Fault], *, secret: bool = True) -> bytes:
    if path is None:
        return b""
    try:
        octets = path.read_bytes()
        loose = path.stat().st_mode & 0o077
    except OSError as error:
        faults.append(Fault(file=str(path), text=f"can't be read ({error.strerror})"))
        return b""
    if secret and loose:
        faults.append(Fault(file=str(path), text="can be opened by others; chmod 0400 it"))
    if not octets.strip():
        faults.append(Fault(file=str(path), text="is empty"))
    return octets
