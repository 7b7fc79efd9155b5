"""Passwords of SMTP AUTH accounts: scrypt (RFC 7914) as we write it, or Argon2id (RFC 9106) as other programs do.

A check takes some 200 ms of one core, outside Python's lock: never call it on the event loop.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from base64 import b64decode, b64encode

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

# OWASP's password storage advice: N=2^14, r=8, p=5 costs as much as N=2^17 with p=1, in an eighth of the memory.
_COST, _BLOCK, _PARALLEL = 2**14, 8, 5
_SALT_BYTES, _HASH_BYTES = 16, 32
_MAX_MEMORY_BYTES = 256 * 2**20
_SCRYPT = re.compile(r"scrypt\$([0-9]{1,8})\$([0-9]{1,3})\$([0-9]{1,3})\$([A-Za-z0-9+/=]{16,})\$([A-Za-z0-9+/=]{43,})")

# OWASP's least for Argon2id is 7 MiB in 5 passes; what costs more memory than scrypt may is refused.
_ARGON2_LEAST_KIB, _ARGON2_MOST_KIB, _ARGON2_MOST_PASSES = 7 * 1024, _MAX_MEMORY_BYTES // 1024, 16
_ARGON2 = re.compile(
    r"\$argon2id\$v=19\$m=([0-9]{1,7}),t=([0-9]{1,3}),p=([0-9]{1,2})\$[A-Za-z0-9+/]{11,}\$[A-Za-z0-9+/]{22,}"
)
_OTHERS = {
    "$2": "bcrypt",
    "$1$": "MD5-crypt",
    "$5$": "SHA256-crypt",
    "$6$": "SHA512-crypt",
    "$y$": "yescrypt",
    "$argon2i$": "Argon2i",
    "$argon2d$": "Argon2d",
    "{": "a scheme of Dovecot's",
}


def hash_password(password: str) -> str:
    """The password as "scrypt$N$r$p$salt$hash", salt and hash in base64; another salt every time."""
    salt = secrets.token_bytes(_SALT_BYTES)
    digest = _scrypt(password, salt, _COST, _BLOCK, _PARALLEL)
    return "$".join(("scrypt", str(_COST), str(_BLOCK), str(_PARALLEL), _base64(salt), _base64(digest)))


def impossible_hash(like: str | None = None) -> str:
    """A hash that no password fits and that costs as much to check as this one, or as a new one of ours."""
    if like is not None and like.startswith("$argon2id$"):
        made = (_base64(secrets.token_bytes(size)).rstrip("=") for size in (_SALT_BYTES, _HASH_BYTES))
        return "$".join((*like.split("$")[:4], *made))
    cost = ("scrypt", str(_COST), str(_BLOCK), str(_PARALLEL)) if like is None else like.split("$")[:4]
    made = (_base64(secrets.token_bytes(size)) for size in (_SALT_BYTES, _HASH_BYTES))
    return "$".join((*cost, *made))


def hash_fault(text: str) -> str | None:
    """What is wrong with a hash, in words that never quote it; None where a password can be checked against it."""
    if text.startswith("$argon2id$"):
        return _argon2_fault(text)
    match = _SCRYPT.fullmatch(text)
    if match is None:
        for start, name in _OTHERS.items():
            if text.startswith(start):
                return f"is {name}, which is not taken here; use `dlp-gateway users hash` or Argon2id"
        return "is not one; `dlp-gateway users hash` prints it"
    cost, block, parallel = (int(match[i]) for i in (1, 2, 3))
    power_of_two = cost > 1 and cost & (cost - 1) == 0
    if power_of_two and block > 0 and 0 < parallel <= 64 and 128 * cost * block <= _MAX_MEMORY_BYTES // 2:
        return None
    return "names a cost that can't be met; `dlp-gateway users hash` prints one that can"


def _argon2_fault(text: str) -> str | None:
    match = _ARGON2.fullmatch(text)
    if match is None:
        return "is not Argon2id as `argon2 -e` prints it"
    memory, passes, lanes = (int(match[i]) for i in (1, 2, 3))
    if memory < _ARGON2_LEAST_KIB:
        return f"is too cheap to guess: Argon2id needs m={_ARGON2_LEAST_KIB} (KiB) or more"
    if memory > _ARGON2_MOST_KIB or not 1 <= passes <= _ARGON2_MOST_PASSES or not lanes:
        return f"costs too much to check: at most m={_ARGON2_MOST_KIB} (KiB) and t={_ARGON2_MOST_PASSES}"
    return None


def verify_password(password: str, password_hash: str) -> bool:
    """Whether the password belongs to the hash; compares in constant time. False for what is no hash."""
    if hash_fault(password_hash) is not None:
        return False
    if password_hash.startswith("$argon2id$"):
        try:
            Argon2id.verify_phc_encoded(_octets(password), password_hash)
        except (InvalidKey, ValueError):
            return False
        return True
    _, cost, block, parallel, salt, digest = password_hash.split("$")
    found = _scrypt(password, b64decode(salt), int(cost), int(block), int(parallel))
    return hmac.compare_digest(found, b64decode(digest))


def _scrypt(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    return hashlib.scrypt(
        _octets(password), salt=salt, n=cost, r=block, p=parallel, maxmem=_MAX_MEMORY_BYTES, dklen=_HASH_BYTES
    )


def _octets(password: str) -> bytes:
    # The same password typed on two systems may come composed or decomposed (RFC 8265, 4.2.1).
    return unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")


def _base64(octets: bytes) -> str:
    return b64encode(octets).decode("ascii")
