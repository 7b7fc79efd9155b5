"""Addresses of pages. Nothing in them names anybody: a token holds our message id and a signature."""

from __future__ import annotations

from django.urls import path, re_path

from . import errors, sender, static

ROOT = "sender/<str:token>/"

urlpatterns = [
    re_path(r"^static/console\.([0-9a-f]{16})\.css$", static.style),
    path("accessibility", static.accessibility, name="accessibility"),
    path(ROOT, sender.message, name="message"),
    path(ROOT + "code", sender.ask_code, name="code"),
    path(ROOT + "sign-in", sender.sign_in, name="sign-in"),
    path(ROOT + "sign-out", sender.sign_out, name="sign-out"),
    path(ROOT + "withdraw", sender.withdraw, name="withdraw"),
    path(ROOT + "release", sender.release, name="release"),
    path(ROOT + "urgent", sender.urgent, name="urgent"),
    path(ROOT + "review", sender.review, name="review"),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.page_not_found
handler500 = errors.server_error
