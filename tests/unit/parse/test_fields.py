from dlp_gateway.parse.fields import read_block

OCTETS = b"--x\r\nA: one\r\n two\r\nb : three\r\nnot a field\r\nA: four\r\n\r\nbody"


def test_fields_have_their_offsets_and_folds() -> None:
    block = read_block(OCTETS, 5, len(OCTETS), outermost=False)
    assert [(field.name, field.text) for field in block.fields] == [("A", "one two"), ("b", "three"), ("A", "four")]
    assert all(OCTETS[field.start : field.end] == field.raw for field in block.fields)
    assert OCTETS[block.body_start :] == b"body"
    assert block.values == {"a": b" one\r\n two\r\n", "b": b" three\r\n"}
    assert block.problems == ("blank before the colon of a header field", "header line that is not a field")


def test_a_part_may_consist_of_its_header() -> None:
    block = read_block(b"A: b\r\n", 0, 6, outermost=False)
    assert (block.body_start, block.problems) == (6, ())


def test_a_header_that_breaks_off_is_a_problem() -> None:
    assert read_block(b"A: b", 0, 4, outermost=False).problems == ("no empty line after the header",)


def test_a_part_without_a_header_begins_with_an_empty_line() -> None:
    for eol in (b"\r\n", b"\n"):
        block = read_block(eol + b"body", 0, 10, outermost=False)
        assert (block.fields, block.body_start, block.problems) == ((), len(eol), ())


def test_the_first_empty_line_ends_the_header_whatever_its_line_end() -> None:
    assert read_block(b"A: b\n\nC: d\r\n\r\nx", 0, 16, outermost=True).body_start == 6
    assert read_block(b"A: b\n\r\nC: d\r\n\r\nx", 0, 17, outermost=True).body_start == 7
