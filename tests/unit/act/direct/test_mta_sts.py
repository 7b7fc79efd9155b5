"""MTA-STS as text: what announces a policy, what one says, and which servers it allows (RFC 8461)."""

from __future__ import annotations

import pytest

from dlp_gateway.act.direct.mta_sts import LONGEST_AGE, StsError, StsFault, announced_id, read_policy
from dlp_gateway.secure_way import Mode, StsPolicy

GOOD = "version: STSv1\r\nmode: enforce\r\nmx: mx1.partner.example\r\nmx: *.mail.partner.example\r\nmax_age: 604800\r\n"


def test_a_policy_is_read_line_by_line() -> None:
    assert read_policy(GOOD, "1") == StsPolicy(
        id="1", mode=Mode.ENFORCE, hosts=("mx1.partner.example", "*.mail.partner.example"), max_age=604800
    )


@pytest.mark.parametrize(
    ("change", "to"),
    [
        pytest.param("\r\n", "\n", id="bare line feeds"),
        pytest.param("max_age: 604800", "max_age: 604800\r\nmax_age: 1", id="a key twice: the first counts"),
        pytest.param("mode: enforce", "mode: enforce\r\nfuture: words", id="a key of later versions"),
        pytest.param("mx1.partner.example", "MX1.Partner.Example.", id="capitals, final dot"),
    ],
)
def test_what_is_written_otherwise_means_the_same(change: str, to: str) -> None:
    assert read_policy(GOOD.replace(change, to), "1") == read_policy(GOOD, "1")


@pytest.mark.parametrize(
    ("change", "to"),
    [
        pytest.param("version: STSv1", "version: STSv2", id="another version"),
        pytest.param("version: STSv1\r\n", "", id="no version"),
        pytest.param("mode: enforce", "mode: strict", id="unknown mode"),
        pytest.param("max_age: 604800", "max_age: soon", id="an age that is no number"),
        pytest.param("max_age: 604800", "max_age: " + "9" * 5000, id="an age without end"),
        pytest.param("mx1.partner.example", "*", id="a star alone"),
        pytest.param("mx1.partner.example", "mx.*.example", id="a star inside"),
        pytest.param("mx1.partner.example", "mx1 partner", id="a blank in a name"),
    ],
)
def test_a_policy_that_is_not_whole_is_none(change: str, to: str) -> None:
    with pytest.raises(StsError) as caught:
        read_policy(GOOD.replace(change, to), "1")
    assert caught.value.fault is StsFault.INVALID


def test_without_servers_only_a_policy_that_ends_all_policy_is_whole() -> None:
    bare = "version: STSv1\nmode: {}\nmax_age: 1\n"
    assert read_policy(bare.format("none"), "1").hosts == ()
    with pytest.raises(StsError):
        read_policy(bare.format("enforce"), "1")


def test_no_policy_counts_for_more_than_a_year() -> None:
    assert read_policy(GOOD.replace("604800", "9999999999"), "1").max_age == LONGEST_AGE


@pytest.mark.parametrize(
    ("pattern", "host", "allowed"),
    [
        ("mx.partner.example", "mx.partner.example", True),
        ("mx.partner.example", "mx2.partner.example", False),
        ("*.partner.example", "mx.partner.example", True),
        ("*.partner.example", "a.mx.partner.example", False),
        ("*.partner.example", "partner.example", False),
        ("*.partner.example", "mx.evilpartner.example", False),
    ],
)
def test_a_star_stands_for_one_label(pattern: str, host: str, allowed: bool) -> None:
    policy = StsPolicy(id="1", mode=Mode.ENFORCE, hosts=(pattern,), max_age=1)
    assert policy.allows(host) is allowed


@pytest.mark.parametrize(
    ("texts", "id_"),
    [
        (("v=STSv1; id=20260101T000000;",), "20260101T000000"),
        (("v=STSv1;id=1",), "1"),
        (("some=other; record", "v=STSv1; id=1; ext=word;"), "1"),
        ((), None),
        (("v=STSv1;",), None),
        (("v=STSv1; id=1; id=2;",), None),
        (("v=STSv1; id=1;", "v=STSv1; id=1;"), None),
        (("v=STSv1; id=" + "x" * 33,), None),
        (("v=STSv12; id=1;",), None),
    ],
)
def test_exactly_one_record_announces_a_policy(texts: tuple[str, ...], id_: str | None) -> None:
    assert announced_id(texts) == id_
