from dlp_gateway.parse.multipart import split_multipart

BODY = b"before\r\n--b\r\nH: 1\r\n\r\none\r\n--b \t\r\n--b\r\n\r\n\r\n--b--\r\nafter"


def test_the_line_end_before_a_delimiter_belongs_to_it() -> None:
    pieces = split_multipart(BODY, 0, len(BODY), b"b", 100)
    assert [BODY[start:end] for start, end in pieces.spans] == [b"H: 1\r\n\r\none", b"", b"\r\n"]
    assert BODY[slice(*pieces.preamble)] == b"before\r\n"
    assert BODY[slice(*pieces.epilogue)] == b"after"
    assert pieces.first_delimiter == 8
    assert pieces.problems == ()


def test_the_search_keeps_to_its_range() -> None:
    octets = b"--b\r\nx\r\n--b--\r\n--b\r\n"
    pieces = split_multipart(octets, 0, 15, b"b", 100)
    assert pieces.spans == ((5, 6),)
    assert pieces.problems == ()


def test_parts_beyond_the_limit_are_not_read() -> None:
    octets = b"--b\r\nx\r\n" * 10
    pieces = split_multipart(octets, 0, len(octets), b"b", 4)
    assert len(pieces.spans) == 4
    assert pieces.too_many


def test_exactly_the_limit_is_read() -> None:
    octets = b"--b\r\nx\r\n" * 4 + b"--b--\r\n"
    pieces = split_multipart(octets, 0, len(octets), b"b", 4)
    assert len(pieces.spans) == 4
    assert not pieces.too_many
