import pytest

from dlp_gateway.decide.addresses import AddressPatterns, checked_pattern, parse_address


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("a.b@x.example", ["A.B@X.example", "a.b@x.example."], ["ab@x.example", "a.b@y.x.example"]),
        ("x.example", ["any@x.example"], ["any@y.x.example", "any@yx.example", "x.example@other.example"]),
        ("*.x.example", ["any@y.x.example", "a@z.y.x.example"], ["any@x.example", "any@yx.example"]),
        ("press.*@x.example", ["press.@x.example", "press.a.b@x.example"], ["press@x.example", "press.a@y.x.example"]),
        ("*.mp@x.example", ["a.b.mp@x.example"], ["mp@x.example", "a.mp.b@x.example"]),
        ("a*b*c@x.example", ["abc@x.example", "a1b2c@x.example"], ["acb@x.example", "ab@x.example"]),
        ("ab*ba@x.example", ["abba@x.example"], ["aba@x.example"]),
        ("münchen.example", ["a@xn--mnchen-3ya.example", "a@MÜNCHEN.example"], ["a@munchen.example"]),
    ],
)
def test_patterns_match_what_they_say(pattern, yes, no):
    patterns = AddressPatterns([pattern])
    assert all(patterns.matches(parse_address(a)) for a in yes)
    assert not any(patterns.matches(parse_address(a)) for a in no)


@pytest.mark.parametrize(
    "text", ["", "@x.example", "a b.example", "*", "*.", "x..example", "a@", "a@*.x.example", "x@y@"]
)
def test_anything_else_is_no_pattern(text):
    with pytest.raises(ValueError, match="is not an address pattern"):
        checked_pattern(text)


@pytest.mark.parametrize(
    "text", ["nobody", "", "@", "a@[192.0.2.1]", '"a@b"@x.example', "a@" + "ü" * 300, "a@\u2f00.example"]
)
def test_odd_addresses_are_parsed_and_match_nothing_else(text):
    assert not AddressPatterns(["y.example", "*.example.org"]).matches(parse_address(text))
