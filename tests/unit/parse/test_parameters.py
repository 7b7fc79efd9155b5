import pytest

from dlp_gateway.parse.parameters import (
    boundary_problem,
    read_content_type,
    read_disposition,
    read_encoding,
    strip_comments,
)

PARAMS: dict[bytes, tuple[tuple[str, str], ...]] = {
    b'text/plain; charset="utf-8"': (("charset", "utf-8"),),
    b"text/plain;\r\n\tcharset=utf-8;\r\n format=flowed": (("charset", "utf-8"), ("format", "flowed")),
    b'a/b; name="with \\"quotes\\" and ; and \\\\"': (("name", 'with "quotes" and ; and \\'),),
    b'a/b; name="folded\r\n name"': (("name", "folded name"),),
    b'a/b; NAME="=?utf-8?Q?caf=C3=A9?="': (("name", "café"),),
    b"a/b; name*=iso-8859-1'en'caf%E9": (("name", "café"),),
    b"a/b; name*=caf%C3%A9": (("name", "café"),),
    b"a/b; name*1=b; name*0=a": (("name", "ab"),),
    b"a/b; name*0*=utf-8''caf%C3; name*1*=%A9%20; name*2=\"x%20\"": (("name", "café x%20"),),
    b"a/b; name*=utf-8''real; name=fallback": (("name", "real"), ("name", "fallback")),
    'a/b; name="tŷ.txt"'.encode(): (("name", "tŷ.txt"),),
    b"a/b; name=one two.txt; x=y": (("name", "one two.txt"), ("x", "y")),
    b"a/b; =; name=x": (("name", "x"),),
}


@pytest.mark.parametrize(("value", "params"), PARAMS.items(), ids=[value.decode("utf-8") for value in PARAMS])
def test_parameters(value: bytes, params: tuple[tuple[str, str], ...]) -> None:
    assert read_content_type(value).params == params


def test_every_form_of_a_file_name_is_seen() -> None:
    found = read_disposition(b"attachment; filename=\"a.txt\"; filename=b.txt; filename*=utf-8''c.txt")
    assert found.word == "attachment"
    assert found.all_of("filename") == ["c.txt", "a.txt", "b.txt"]


def test_a_disposition_that_is_junk_is_none() -> None:
    assert read_disposition(b"; filename=x").word is None
    assert read_disposition(b"; filename=x").all_of("filename") == ["x"]


def test_comments_are_taken_out_of_values_but_not_out_of_quotes() -> None:
    assert strip_comments(b'base64 (a (b) "c") "(d)"') == (b'base64  "(d)"', True, False)


def test_a_parenthesis_in_a_quote_inside_a_comment_is_doubtful() -> None:
    assert strip_comments(b'text/plain (") ; boundary=a; x="')[2]


@pytest.mark.parametrize("value", [b'"open', b"(open", b"closed)", b"((a)"])
def test_open_quotes_and_comments_are_seen(value: bytes) -> None:
    assert strip_comments(value)[2]


def test_the_boundary_is_taken_raw() -> None:
    assert read_content_type(b'multipart/mixed; boundary="=_a\xe9"').boundary == b"=_a\xe9"


@pytest.mark.parametrize("boundary", [b"----=_Part_1", b"a'()+_,-./:=?b", b"x" * 70, b"a b", b"*~#"])
def test_boundaries_that_everybody_reads(boundary: bytes) -> None:
    assert boundary_problem(boundary) is None


def test_an_encoding_may_have_a_comment() -> None:
    assert read_encoding(b" Base64 (as usual)\r\n").word == "base64"
    assert read_encoding(b" Base64 (as usual)\r\n").problems == ()
