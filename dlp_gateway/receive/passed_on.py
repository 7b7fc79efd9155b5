"""What a client says of the client before it: XFORWARD and XCLIENT. Pure.

Source: Postfix's XFORWARD_README and XCLIENT_README. Values come in xtext (RFC 3461, 4). They are written into records
and passed on, so what could break out of a line or a field is no value.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

from . import reply
from .smtp_codec import CommandRefusedError

UNAVAILABLE = ""
"""The value where the client does not know it: [UNAVAILABLE], or for now, [TEMPUNAVAIL]."""

_ATTRIBUTE = re.compile(r"([A-Za-z]+)=([!-~]{1,765})")
_XTEXT = re.compile(r"(?:[!-*,-~]|\+[0-9A-Fa-f]{2})+")
_ENCODED = re.compile(r"\+([0-9A-Fa-f]{2})")
# Beyond printable ASCII without blanks, what is special in a header field (XFORWARD_README, note 1).
_HOST = re.compile(r"[A-Za-z0-9._:\[\]-]{1,255}")
_WORD = re.compile(r"[A-Za-z0-9._+/=-]{1,64}")
_LOGIN = re.compile(r"[!-~]{1,255}")
_UNFIT = re.compile(r"[^A-Za-z0-9._:/+=\[\]-]")
_PORT = re.compile(r"[1-9][0-9]{0,4}|0")


def _matching(form: re.Pattern[str]) -> Callable[[str], str | None]:
    return lambda value: value if form.fullmatch(value) else None


def _address(value: str) -> str | None:
    """An address as a socket would say it; "IPV6:" stands before one of that kind."""
    prefixed = value[:5].upper() == "IPV6:"
    try:
        address = ipaddress.ip_address(value[5:] if prefixed else value)
    except ValueError:
        return None
    return str(address) if (address.version == 6) == prefixed and "%" not in value else None


def _port(value: str) -> str | None:
    return value if _PORT.fullmatch(value) and int(value) < 65536 else None


def _one_of(*words: str) -> Callable[[str], str | None]:
    return lambda value: value.upper() if value.upper() in words else None


_FORMS: dict[str, Callable[[str], str | None]] = {
    "NAME": _matching(_HOST),
    "ADDR": _address,
    "PORT": _port,
    "PROTO": _matching(_WORD),
    "HELO": _matching(_HOST),
    "IDENT": _matching(_WORD),
    "SOURCE": _one_of("LOCAL", "REMOTE"),
    "LOGIN": _matching(_LOGIN),
    "DESTADDR": _address,
    "DESTPORT": _port,
}
XFORWARD = ("NAME", "ADDR", "PORT", "PROTO", "HELO", "IDENT", "SOURCE")
XCLIENT = ("NAME", "ADDR", "PORT", "PROTO", "HELO", "LOGIN", "DESTADDR", "DESTPORT")
_WORDS = {"NAME": 255, "PROTO": 64, "HELO": 255, "IDENT": 64}
"""Of XFORWARD, what strangers chose, and how long it may be. Postfix gives up a message whose XFORWARD is refused, so
that a client with an odd name could not send: what is odd in it is replaced."""


def read_xforward(argument: bytes) -> dict[str, str]:
    """What follows "XFORWARD ": values by name in upper case, decoded. Raises CommandRefusedError."""
    return _read(
        argument, XFORWARD, lambda name, text: _UNFIT.sub("?", text)[: _WORDS[name]] if name in _WORDS else None
    )


def read_xclient(argument: bytes) -> dict[str, str]:
    """What follows "XCLIENT ", read as strictly as what it stands for. Raises CommandRefusedError."""
    return _read(argument, XCLIENT, lambda _name, _text: None)


def _read(argument: bytes, names: tuple[str, ...], mended: Callable[[str, str], str | None]) -> dict[str, str]:
    """`mended` may make a value of a text that is none."""
    found: dict[str, str] = {}
    for item in argument.decode("ascii", "replace").split():
        match = _ATTRIBUTE.fullmatch(item)
        if match is None or (name := match[1].upper()) not in names or name in found:
            raise CommandRefusedError(reply.BAD_PARAMETER)
        if match[2].upper() in ("[UNAVAILABLE]", "[TEMPUNAVAIL]"):
            found[name] = UNAVAILABLE
            continue
        text = _decoded(match[2])
        value = _FORMS[name](text) or mended(name, text)
        if value is None:
            raise CommandRefusedError(reply.BAD_PARAMETER)
        found[name] = value
    if not found:
        raise CommandRefusedError(reply.BAD_PARAMETER)
    return found


def _decoded(xtext: str) -> str:
    """The text; as it came where it is not encoded (Postfix before 2.3: XFORWARD_README, note 4)."""
    if _XTEXT.fullmatch(xtext) is None:
        return xtext
    return _ENCODED.sub(lambda match: chr(int(match[1], 16)), xtext)
