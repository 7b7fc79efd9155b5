"""Whatever a page is made of, no word of it is lost: browsers, mail programs and people who open its source differ."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from dlp_gateway.extract.budget import Budget, Meter
from dlp_gateway.extract.html.reader import read_html
from dlp_gateway.extract.source import Inner, Item, Source, Tools
from dlp_gateway.model import Passage
from dlp_gateway.parse import views

WORD = "k9canary77777"
_ELEMENTS = "p b div span table tr td a img svg select option textarea title script style iframe noscript template"
_ELEMENTS += " details summary xmp plaintext pre body html head frameset frame br input meta noembed ruby rt o:p x-y"
_PIECES = [
    *(f"{start}{name}{end}" for name in _ELEMENTS.split() for start in ("<", "</") for end in (">", " ")),
    *("<!--", "-->", "<!--[if mso]>", "<!--[if !mso]><!-->", "<![endif]-->", "<![CDATA[", "]]>", "<?x", "<!", "</ "),
    *("<!DOCTYPE ", "<!DOCTYPE html>", "<", ">", "/>", '"', "'", "=", " ", "\n", "{", "}", "/*", "*/", "//", "\\"),
    *(' title="', " alt='", ' href="', " style=", ' class="', ' srcdoc="', ' value="', " width=", " x=", ' alt=""'),
    *("&", "&#", "&#60;", "&quot;", "&lt;", "&amp;", "url(", "data:text/plain,", 'content:"', "@media (x){", ".a{"),
    *('<b style="display:none">', "<div hidden>", "<bdo dir=rtl>", '<b style="float:right">', "<p dir=rtl>"),
    *('<i style="flex-direction:row-reverse">', '<i style="text-transform:uppercase">', "text", "1", "é", "\u202e"),
]
pieces = st.lists(st.sampled_from(_PIECES), max_size=25)


def read_page(page: str) -> list[Item]:
    source = Source(part="1", octets=page.encode(), charset="utf-8", is_body=True)
    return list(read_html(source, Tools(meter=Meter(Budget()), readings=views)))


@given(pieces, pieces)
@settings(max_examples=400, deadline=None)
def test_no_word_of_a_page_is_lost(before: list[str], after: list[str]) -> None:
    items = read_page("".join((*before, WORD, *after)))
    texts = [item.text for item in items if isinstance(item, Passage)]
    files = [item.octets.decode() for item in items if isinstance(item, Inner)]
    assert any(WORD in text.lower() for text in (*texts, *files))


@given(st.one_of(st.text(max_size=300), pieces.map("".join)))
@settings(max_examples=200, deadline=None)
def test_nothing_of_ours_is_left_in_a_text(page: str) -> None:
    """Marks of breaks, which nothing could encode, and what is put at the end of a page to end it."""
    for item in read_page(page):
        if isinstance(item, Passage):
            item.text.encode()
            assert "\x02" not in item.text or "\x02" in page
