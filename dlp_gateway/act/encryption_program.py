"""One run of a program that encrypts or signs (`sandbox/encryption.py`), its failures as errors of ours."""

from __future__ import annotations

from collections.abc import Sequence

from .. import sandbox
from ..errors import EncryptionUnavailableError, NotEncryptedError

MOST_BYTES = 80 * 2**20
"""Largest input: a message of 50 MiB, signed, is a third larger. What comes out has room for a third more."""


def run_encryption(name: str, job: Sequence[bytes], seconds: float) -> bytes:
    """What the program says to `job`. Raises NotEncryptedError where it fails or the message is too large,
    EncryptionUnavailableError where it is missing or late."""
    if sum(map(len, job)) > MOST_BYTES:
        raise NotEncryptedError("too large to be encrypted")
    try:
        return sandbox.run_program_over(name, job, seconds)
    except sandbox.ProgramMissingError:
        raise EncryptionUnavailableError(f"{name} can't be run in a sandbox on this machine") from None
    except sandbox.ProgramLateError:
        raise EncryptionUnavailableError(f"{name} took longer than {seconds:.0f} s") from None
    except sandbox.ProgramFailedError:
        raise NotEncryptedError("encryption failed") from None
