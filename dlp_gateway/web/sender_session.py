"""Who is signed in: an author, by the session that Django keeps. Never by the link alone."""

from __future__ import annotations

from django.http import HttpRequest

_SENDER = "sender"
_CODE = "code"


def is_signed_in(request: HttpRequest, author: str) -> bool:
    """Whether whoever asks has shown, in this session, that the author's mailbox is theirs."""
    return bool(request.session.get(_SENDER) == author)


def sign_in(request: HttpRequest, author: str) -> None:
    """From now on it is theirs. The session gets a new key, so that nobody who knew the old one comes in with them."""
    request.session.cycle_key()
    request.session.pop(_CODE, None)
    request.session[_SENDER] = author


def sign_out(request: HttpRequest) -> None:
    request.session.flush()


def note_code(request: HttpRequest, link: str, code_id: str) -> None:
    """A code was asked for here: it is tried here alone."""
    request.session[_CODE] = [link, code_id]


def noted_code(request: HttpRequest, link: str) -> str | None:
    """The id of the code that was asked for by this link in this session."""
    noted = request.session.get(_CODE)
    return noted[1] if noted and noted[0] == link else None
