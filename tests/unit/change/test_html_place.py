import pytest

from dlp_gateway.change.html_place import insertion_offset
from tests.support.cpu_time import within

# "|" is where the text goes; None: nowhere.
PLACES: list[str] = [
    "<html><body><p>x</p>|</body></html>",
    "<p>x</p>|",
    "|",
    "<html><p>x</p>|</html>",
    "<BODY>x|</BODY >",
    "<body>x</body>quoted<body>y|</body></html></html>",
    "<body><!-- </body> -->x|</body>",
    "<body>x|</body><!-- </body> -->",
    "<body>x|</body><!-- open",
    "<body><!--> </b>x|</body>",
    "<body><!--[if mso]></body><![endif]-->x|</body>",
    "<body><![if !mso]>x<![endif]>|</body>",
    "<body><script>'</body>'</script>x|</body>",
    "<body><SCRIPT>'</body>'</scriptx></body></SCRIPT >x|</body>",
    "<body><style></body></style><textarea></body></textarea><title></body></title>x|</body>",
    "<body title='</body>'>x|</body>",
    '<body title="a>b</body>" lang=en>x|</body>',
    "<body title=it's>x|</body>",
    "a < b <body>x|</body>",
    "<body>x|</body><script>open",
    "x<br/>|",
    "<?xml version='1.0'?><body>x|</body>",
]


@pytest.mark.parametrize("marked", PLACES)
def test_text_goes_where_it_is_shown(marked: str) -> None:
    place = marked.index("|")
    assert insertion_offset(marked.replace("|", "", 1).encode()) == place


@pytest.mark.parametrize(
    "document",
    ["x<!-- open", "x<script>open", "x<p title='open", "<plaintext>x</body>", "x<p", "<title>x</body>", "x<!DOCTYPE"],
)
def test_a_document_that_ends_inside_something_has_no_place(document: str) -> None:
    assert insertion_offset(document.encode()) is None


@pytest.mark.parametrize(
    "piece",
    ["<", "<!--", '<a "', "<a b='", "</body", "<script></script ", "<a =  ", "<!-->", "</", "<a b=' c", "<script>"],
)
def test_documents_take_linear_time(piece: str) -> None:
    within(0.5, lambda: insertion_offset((piece * 100_000).encode()))
