from __future__ import annotations

import pytest

from dlp_gateway.receive.password import hash_password, impossible_hash, is_password_hash, verify_password
from tests.support.receive import PASSWORD, password_hash


def test_only_the_right_password_fits_its_hash() -> None:
    assert is_password_hash(password_hash())
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
    ],
)
def test_what_is_no_hash_or_would_cost_too_much_fits_nothing(text: str) -> None:
    assert not is_password_hash(text)
    assert not verify_password("secret", text)


def test_the_stand_in_for_an_unknown_name_is_checked_like_a_hash() -> None:
    assert is_password_hash(impossible_hash())
    assert impossible_hash() != impossible_hash()
    assert not verify_password("", impossible_hash())
