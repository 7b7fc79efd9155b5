from __future__ import annotations

import pytest

from dlp_gateway.decide.addresses import AddressPatterns
from dlp_gateway.receive.auth.account import Account, named_by_pattern


def test_an_account_may_use_what_its_entry_names() -> None:
    patterns = AddressPatterns(("ann@council.example", "*.sub.example", "press.*@council.example"))
    ann = Account(name="ann", patterns=patterns)
    assert ann.owns("Ann@Council.Example")
    assert ann.owns("press.north@council.example")
    assert ann.owns("x@a.sub.example")
    assert not ann.may_use("x@sub.example")
    assert not ann.may_use("bob@council.example")
    assert not ann.may_use(None)


def test_an_account_without_patterns_may_use_anything_and_proves_nothing() -> None:
    anybody = Account(name="any", patterns=None)
    assert anybody.may_use("whoever@elsewhere.example")
    assert not anybody.owns("whoever@elsewhere.example")


@pytest.mark.parametrize(
    ("name", "pattern", "owned"),
    [
        ("ann@council.example", "{user}", "ann@council.example"),
        ("ann", "{user}@council.example", "ann@council.example"),
        ("ann", "{user}.*@council.example", "ann.team@council.example"),
    ],
)
def test_a_users_name_stands_in_the_pattern(name: str, pattern: str, owned: str) -> None:
    account = named_by_pattern(name, (pattern,))
    assert account.owns(owned)
    assert not account.may_use("bob@council.example")


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("council.example", "{user}"),
        ("*", "{user}@council.example"),
        ("*.council.example", "{user}"),
        ("*@council.example", "{user}"),
        ("ann", "{user}"),
        ("", "{user}@council.example"),
        ("ann@", "{user}"),
        ("ann smith@", "{user}council.example>"),
    ],
)
def test_a_users_name_is_never_a_pattern_of_its_own(name: str, pattern: str) -> None:
    """Whoever may choose a name would else choose whose mail to write."""
    account = named_by_pattern(name, (pattern,))
    assert not account.may_use("bob@council.example")
    assert not account.may_use("x@sub.council.example")
    assert not account.may_use(None)


def test_a_pattern_without_a_name_holds_for_everybody() -> None:
    account = named_by_pattern("council.example", ("council.example", "{user}"))
    assert account.owns("bob@council.example")
    assert named_by_pattern("ann", ()).patterns is None
