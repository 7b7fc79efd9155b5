"""OpenPGP/MIME: a whole message encrypted to one recipient (RFC 3156), by a process of its own under bubblewrap.

The library holds Python's lock while it works (0.15 s for 10 MB), parses keys of others and can't be stopped: in the
gateway's own process every other message would wait for it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from ..change import Protected, openpgp_entity, put_together, take_apart
from ..errors import NotEncryptedError
from .encryption_program import run_encryption

_OK = b"ok\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenpgpSigner:
    """The council's own key: octets of a transferable secret key (RFC 9580, 10.2), binary or in armour."""

    key: bytes = field(repr=False)
    password: str | None = field(default=None, repr=False)


def encrypt_openpgp(
    octets: bytes,
    certificates: Sequence[bytes],
    *,
    signer: OpenpgpSigner | None = None,
    protect_subject: bool = False,
    now: datetime,
    seconds: float = 30.0,
) -> Protected:
    """The message encrypted to these certificates, which must be one recipient's: their key ids stand in it, so a
    second recipient's would tell the first of him. The council's archive key may stand beside them.

    Blocks; call it in a thread. Raises NotEncryptedError, EncryptionUnavailableError.
    """
    apart = take_apart(octets, protect_subject=protect_subject)
    head = {
        "certificates": [len(certificate) for certificate in certificates],
        "key": None if signer is None else len(signer.key),
        "password": None if signer is None else signer.password,
        "now": int(now.timestamp()),
    }
    job = [json.dumps(head).encode("ascii"), b"\n", *certificates, b"" if signer is None else signer.key, apart.entity]
    said = run_encryption("openpgp", job, seconds)
    if not said.startswith(_OK):
        fault = json.loads(said)
        raise NotEncryptedError(fault["why"], certificate=fault["certificate"])
    return Protected(
        octets=put_together(apart.header, openpgp_entity(memoryview(said)[len(_OK) :])),
        method="openpgp",
        signature=None if signer is None else "openpgp",
    )
