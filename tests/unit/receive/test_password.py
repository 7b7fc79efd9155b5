from __future__ import annotations

import functools

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from dlp_gateway.receive.password import hash_fault, hash_password, impossible_hash, verify_password

PASSWORD = "correct horse battery"


@functools.cache
def password_hash() -> str:
    return hash_password(PASSWORD)


def test_only_the_right_password_fits_its_hash() -> None:
    assert hash_fault(password_hash()) is None
    assert verify_password(PASSWORD, password_hash())
    assert not verify_password(PASSWORD + " ", password_hash())
    assert not verify_password("", password_hash())


def test_the_same_password_has_another_hash_every_time() -> None:
    assert hash_password("zoë zoë zoë") != (other := hash_password("zoë zoë zoë"))
    assert verify_password("zoe\u0308 zoë zoë", other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "secret",
        "scrypt$16384$8$5$short$short",
        "scrypt$16383$8$5$" + "A" * 24 + "$" + "A" * 44,
        "scrypt$16777216$8$5$" + "A" * 24 + "$" + "A" * 44,
        "scrypt$16384$0$5$" + "A" * 24 + "$" + "A" * 44,
        "$argon2id$v=19$m=1024,t=1,p=1$" + "A" * 22 + "$" + "A" * 43,
        "$argon2id$v=19$m=4194304,t=1,p=1$" + "A" * 22 + "$" + "A" * 43,
        "$argon2id$v=19$m=65536,t=99,p=1$" + "A" * 22 + "$" + "A" * 43,
        "$argon2id$v=19$m=65536,t=3,p=4$no",
        "$2y$10$" + "A" * 53,
        "$6$salt$" + "A" * 86,
        "{CRAM-MD5}" + "A" * 64,
    ],
)
def test_what_is_no_hash_or_would_cost_too_much_fits_nothing(text: str) -> None:
    assert hash_fault(text) is not None
    assert not verify_password("secret", text)


def test_the_stand_in_for_an_unknown_name_is_checked_like_a_hash() -> None:
    assert hash_fault(impossible_hash()) is None
    assert impossible_hash() != impossible_hash()
    for known in (
        "scrypt$32768$8$3$" + "A" * 24 + "$" + "A" * 44,
        "$argon2id$v=19$m=7168,t=2,p=1$" + "A" * 22 + "$" + "A" * 43,
    ):
        made = impossible_hash(known)
        assert hash_fault(made) is None
        assert made.split("$")[:4] == known.split("$")[:4]
        assert made != impossible_hash(known)
    assert not verify_password("", impossible_hash())


ARGON2ID = "$argon2id$v=19$m=7168,t=1,p=1$eHh4eHh4eHh4eHh4eHh4eA$"


def test_argon2id_as_other_programs_write_it_is_checked_too() -> None:
    made = Argon2id(salt=b"x" * 16, length=32, iterations=1, lanes=1, memory_cost=7168)
    written = made.derive_phc_encoded("zoë zoë zoë".encode())
    assert written.startswith(ARGON2ID)
    assert hash_fault(written) is None
    assert verify_password("zoe\u0308 zoë zoë", written)
    assert not verify_password("zoë", written)


@pytest.mark.parametrize(("text", "name"), [("$2y$10$x", "bcrypt"), ("$6$x$y", "SHA512-crypt"), ("{SSHA}x", "Dovecot")])
def test_a_hash_of_another_kind_is_named_but_not_quoted(text: str, name: str) -> None:
    told = hash_fault(text)
    assert told is not None
    assert name in told
    assert text not in told
