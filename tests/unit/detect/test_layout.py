from __future__ import annotations

import pytest

from dlp_gateway.detect.layout import lay_out
from tests.support.cpu_time import grows_linearly

THREAD = (
    "Hi,\n\nnoted, see below.\n\nRegards\nJane Doe\nHousing Officer\n\n"
    "From: Kasia Nowak [mailto:kn88@webmail.example]\nSent: 3 May 2026 10:12\nTo: Housing\n\n"
    "The boiler is cold.\n\nThanks\nKasia\n\n"
    "On 2 May 2026, at 09:15, Pat Lee <pat.lee@council.example> wrote:\n\nWhich flat?\n\nPat\n"
)


def test_each_earlier_message_knows_its_writer() -> None:
    quotes = lay_out(THREAD, body=True).quotes
    assert [(q.address, q.name) for q in quotes] == [
        ("kn88@webmail.example", "Kasia Nowak"),
        ("pat.lee@council.example", "Pat Lee"),
    ]


def test_a_place_knows_its_earlier_message() -> None:
    layout = lay_out(THREAD, body=True)
    boiler, own = layout.quote_at(THREAD.index("boiler")), layout.quote_at(THREAD.index("noted"))
    assert own is None
    assert boiler is not None
    assert boiler.address == "kn88@webmail.example"


@pytest.mark.parametrize(
    "end",
    [
        "Regards\nJane",
        "Many thanks,\n\nJane Doe",
        "All the best\nJane",
        "KR\nJane",
        "Speak soon\nJane",
        "--\nJane",
        "\nJane",
        "\nJane, x2114",
        "\nJane xx",
    ],
)
def test_the_authors_signature_begins_at_the_sign_off_or_at_a_name_alone(end: str) -> None:
    text = f"The rota is attached.\n{end}"
    layout = lay_out(text, body=True)
    signature = layout.signature_at(text.index("Jane"))
    assert signature is not None
    assert signature.own


@pytest.mark.parametrize("end", ["Ring 01632 960123", "Mary Whitlock lives there", "see you on Monday", "NHS"])
def test_a_last_line_that_is_no_name_is_no_signature(end: str) -> None:
    assert lay_out(f"The rota is attached.\n\n{end}", body=True).signatures == ()


def test_attachments_have_no_quotes_and_no_signatures() -> None:
    layout = lay_out(THREAD, body=False)
    assert (layout.quoted, layout.signatures, layout.quotes) == ((), (), ())


@pytest.mark.parametrize("piece", ["\n", "> ", "From: a\n", "On a wrote:\n", "Regards\n", "\n\nAa", "a@b.c "])
def test_the_time_is_linear_in_the_text(piece: str) -> None:
    assert grows_linearly(lambda text: lay_out(text, body=True), piece)
