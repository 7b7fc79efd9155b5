import pytest

from dlp_gateway.errors import ConfigError
from dlp_gateway.model import Controls
from tests.support.policy_mail import rulebook_with, shipped

ASC = "X-Council-Department: ASC"


def test_groups_go_by_the_authors_address():
    senders = shipped().senders
    assert senders.by_address("Adults.Intake@Council.example") == {"adult-social-care"}
    assert senders.by_address("press@council.example") == {"press-officers"}
    assert senders.by_address("pressing@council.example") == frozenset()
    assert senders.by_address(None) == frozenset()


@pytest.mark.parametrize(
    ("header", "vouched", "groups"),
    [
        (ASC, True, {"adult-social-care"}),
        ("x-council-department:ASC ", True, {"adult-social-care"}),
        (ASC, False, set()),
        ("X-Council-Department: asc", True, set()),
        ("X-Other: ASC", True, set()),
    ],
)
def test_a_header_counts_only_from_a_client_that_vouches(header, vouched, groups):
    controls = Controls(author="x@council.example", trusted_headers=(header,))
    assert shipped().senders.of(controls, vouched=vouched) == groups


def test_the_headers_wanted_are_known():
    assert shipped().senders.wanted_headers == ("x-council-department",)


@pytest.mark.parametrize(
    "group",
    ["{}", "{addresses: [nonsense at all]}", "{trusted_header: X-Only}", "{language: fr, addresses: [a.example]}"],
)
def test_a_group_without_members_or_meaning_is_a_fault(group):
    with pytest.raises(ConfigError):
        rulebook_with(senders=f"groups:\n  x: {group}\n")
