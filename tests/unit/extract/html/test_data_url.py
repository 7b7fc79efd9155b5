from __future__ import annotations

import base64

import pytest

from dlp_gateway.extract.html.data_url import parse_data_url

TEXT = b"K_X \xc3\xa9"
BASE64 = base64.b64encode(TEXT).decode()


@pytest.mark.parametrize(
    ("address", "media_type", "charset", "octets"),
    [
        (f"data:text/plain;base64,{BASE64}", "text/plain", None, TEXT),
        (f"DATA:Text/Plain;charset=UTF-8;base64,{BASE64}", "text/plain", "utf-8", TEXT),
        ("data:,K%5fX", "", None, b"K_X"),
        ("data:text/html,<p>a,b", "text/html", None, b"<p>a,b"),
        (f" data:;base64,\r\n{BASE64[:4]}\n{BASE64[4:]} ", "", None, TEXT),
        (f"data:x/y;base64,{BASE64.rstrip('=')}", "x/y", None, TEXT),
        (f"data:x/y;base64,{BASE64.replace('+', '-').replace('/', '_').replace('=', '%3D')}", "x/y", None, TEXT),
        ("data:x/y;base64,SA!!==Q", "x/y", None, b"H\x04"),
        ("data:x/y;base64,SAAAA", "x/y", None, b"H\0\0"),
    ],
)
def test_the_file_is_read(address: str, media_type: str, charset: str | None, octets: bytes) -> None:
    data = parse_data_url(address)
    assert data is not None
    assert (data.media_type, data.charset, data.octets) == (media_type, charset, octets)


@pytest.mark.parametrize("address", ["", "https://x.example/", "data:", "data:text/plain", "data:,", "data:x;base64,!"])
def test_what_holds_no_file_is_none(address: str) -> None:
    assert parse_data_url(address) is None


@pytest.mark.parametrize(
    ("media_type", "suffix"),
    [("text/html", "html"), ("image/png", "png"), ("", "txt"), ("application/vnd.ms-excel", "bin"), ("a/../b", "b")],
)
def test_its_name_tells_its_type(media_type: str, suffix: str) -> None:
    data = parse_data_url(f"data:{media_type},x")
    assert data is not None
    assert data.suffix == suffix
