"""Templates: ours, and the components of the GOV.UK Design System as macros."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader

from .account_words import said_error
from .language import lang, other_language, say
from .navigation import places
from .passkeys import has_passkeys, offers_passkeys, plain, refused_passkey
from .running import console
from .static import static_address


def environment(**options: Any) -> Environment:
    """Called by Django, with escaping switched on."""
    options["loader"] = ChoiceLoader(
        [
            PackageLoader("dlp_gateway.web", "templates"),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    made = Environment(**options)  # noqa: S701 - Django passes autoescape=True
    made.globals.update(url=reverse, static=static_address, council=console().config.council)
    made.globals.update(passkeys=offers_passkeys(console().config), has_passkeys=has_passkeys)
    made.globals.update(refused_passkey=refused_passkey)
    made.filters["plain"] = plain
    made.globals.update(
        places=places, said_error=said_error, oidc=console().config.console.oidc, ldap=console().config.console.ldap
    )
    made.globals.update(say=say, lang=lang, other_language=other_language)
    return made
