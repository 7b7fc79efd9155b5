"""Passwords of SMTP AUTH accounts: scrypt (RFC 7914), written as one line for the configuration.

A check takes some 200 ms of one core: never call it on the event loop.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from base64 import b64decode, b64encode

# OWASP's password storage advice: N=2^14, r=8, p=5 costs as much as N=2^17 with p=1, in an eighth of the memory.
_COST, _BLOCK, _PARALLEL = 2**14, 8, 5
_SALT_BYTES, _HASH_BYTES = 16, 32
_MAX_MEMORY_BYTES = 256 * 2**20
_FORM = re.compile(r"scrypt\$([0-9]{1,8})\$([0-9]{1,3})\$([0-9]{1,3})\$([A-Za-z0-9+/=]{16,})\$([A-Za-z0-9+/=]{43,})")


def hash_password(password: str) -> str:
    """The password as "scrypt$N$r$p$salt$hash", salt and hash in base64; another salt every time."""
    salt = secrets.token_bytes(_SALT_BYTES)
    digest = _scrypt(password, salt, _COST, _BLOCK, _PARALLEL)
    return "$".join(("scrypt", str(_COST), str(_BLOCK), str(_PARALLEL), _base64(salt), _base64(digest)))


def impossible_hash() -> str:
    """A hash that no password fits and that costs as much to check as a real one."""
    made = (_base64(secrets.token_bytes(size)) for size in (_SALT_BYTES, _HASH_BYTES))
    return "$".join(("scrypt", str(_COST), str(_BLOCK), str(_PARALLEL), *made))


def is_password_hash(text: str) -> bool:
    """Whether `hash_password` may have written this, with a cost we are ready to pay."""
    match = _FORM.fullmatch(text)
    if match is None:
        return False
    cost, block, parallel = (int(match[i]) for i in (1, 2, 3))
    power_of_two = cost > 1 and cost & (cost - 1) == 0
    return power_of_two and block > 0 and 0 < parallel <= 64 and 128 * cost * block <= _MAX_MEMORY_BYTES // 2


def verify_password(password: str, password_hash: str) -> bool:
    """Whether the password belongs to the hash; compares in constant time. False for what is no hash."""
    if not is_password_hash(password_hash):
        return False
    _, cost, block, parallel, salt, digest = password_hash.split("$")
    found = _scrypt(password, b64decode(salt), int(cost), int(block), int(parallel))
    return hmac.compare_digest(found, b64decode(digest))


def _scrypt(password: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    # The same password typed on two systems may come composed or decomposed (RFC 8265, 4.2.1).
    octets = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    return hashlib.scrypt(octets, salt=salt, n=cost, r=block, p=parallel, maxmem=_MAX_MEMORY_BYTES, dklen=_HASH_BYTES)


def _base64(octets: bytes) -> str:
    return b64encode(octets).decode("ascii")
