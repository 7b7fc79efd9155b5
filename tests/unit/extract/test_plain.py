from __future__ import annotations

from collections.abc import Callable

from dlp_gateway.extract.plain import join_flowed
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
    assert joined == "NHS 943  476 5919\nnext\n> quoted    on\n-- \nJo  Bloggs"


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
