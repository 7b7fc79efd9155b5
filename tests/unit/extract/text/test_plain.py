from __future__ import annotations

from collections.abc import Callable

from dlp_gateway.extract.text.plain import join_flowed
from dlp_gateway.model import Area


def mail(body: bytes, content_type: str = "text/plain; charset=utf-8") -> bytes:
    head = f"From: a@b.example\r\nMIME-Version: 1.0\r\nContent-Type: {content_type}\r\nContent-Transfer-Encoding: 8bit"
    return head.encode() + b"\r\n\r\n" + body


def test_a_body_is_one_passage_whose_lines_end_with_lf(read_mail: Callable) -> None:
    reading = read_mail(mail("Dear Zoë,\r\n\r\nNHS 943 476 5919\r\n".encode()))
    (passage,) = [p for p in reading.passages if p.area is Area.BODY]
    assert passage.text == "Dear Zoë,\n\nNHS 943 476 5919\n"
    assert (passage.part, passage.place, passage.hidden) == ("1", "", False)


def test_a_doubtful_charset_gives_other_readings(read_mail: Callable) -> None:
    reading = read_mail(mail("café K_TEXT\r\n".encode(), "text/plain; charset=utf-7"))
    assert reading.where("café K_TEXT")


def test_flowed_lines_are_joined_without_moving_anything() -> None:
    text = "NHS 943 \n476 5919\nnext\n> quoted \n> on\n-- \nJo \nBloggs"
    joined = join_flowed(text, delete_space=False)
    assert len(joined) == len(text)
    assert joined == "NHS 943  476 5919\nnext\n> quoted \u200b\u200b\u200bon\n-- \nJo  Bloggs"


def test_quoted_and_stuffed_lines_join_as_readers_show_them() -> None:
    """Stuffing and quote marks are not part of the text (RFC 3676, 4.4 and 4.5)."""
    for text in ("> AB 12 \n> 34 \n>56 C", ">> AB 12 \n>> 34 \n>> 56 C", " AB 12 \n 34 \n56 C"):
        joined = join_flowed(text, delete_space=False)
        assert len(joined) == len(text)
        assert " ".join(joined.replace("\u200b", "").lstrip("> ").split()) == "AB 12 34 56 C"


def test_lines_of_another_quote_depth_are_not_joined() -> None:
    text = "> one \n>> two \nthree"
    assert join_flowed(text, delete_space=False) == text


def test_the_line_before_a_signature_neither_flows_nor_is_flowed_into() -> None:
    for text in ("Thank you \n-- \nJo", "> Thank you \n> -- \n> Jo"):
        assert join_flowed(text, delete_space=False) == text


def test_flowed_lines_with_delsp_join_into_one_word() -> None:
    text = "943476 \n5919"
    joined = join_flowed(text, delete_space=True)
    assert len(joined) == len(text)
    assert joined.replace("\u200b", "") == "9434765919"


def test_a_long_flowed_paragraph_takes_linear_time() -> None:
    text = "some words \n" * 200_000
    assert len(join_flowed(text, delete_space=True)) == len(text)


def test_flowed_is_asked_by_the_part(read_mail: Callable) -> None:
    reading = read_mail(mail(b"943 476 \r\n5919\r\n", "text/plain; charset=utf-8; format=flowed"))
    assert reading.where("943 476  5919")
