"""TLS put between a transport and its protocol, on either loop."""

from __future__ import annotations

import asyncio
import ssl
from typing import Any

from .half_close import HalfClosingTls
from .peer import AskingContext

HANDSHAKE_SECONDS = 30.0


def put_tls(
    loop: asyncio.AbstractEventLoop, protocol: Any, context: ssl.SSLContext | AskingContext, seconds: float
) -> asyncio.Future[None]:
    """Begin the handshake as a server. `protocol` is told of its new transport when TLS stands; the answer is done
    then, also when the client has left meanwhile, and fails with an OSError when the handshake fails or takes longer.

    As aiosmtpd does it, and uvloop bears it: asyncio's `start_tls` would read on in clear text until it is awaited.
    """
    done: asyncio.Future[None] = loop.create_future()
    limit: Any = min(seconds, HANDSHAKE_SECONDS)  # its stub wants whole seconds, it does not
    made: Any = context
    tls: Any = HalfClosingTls(loop, protocol, made, done, server_side=True, ssl_handshake_timeout=limit)
    below = protocol.transport
    protocol.goes_under_tls(tls, below)
    below.set_protocol(tls)
    tls.connection_made(below)
    return done


def why_no_handshake(error: OSError) -> str:
    """OpenSSL's word for it, such as UNSUPPORTED_PROTOCOL: it quotes nothing of the client's."""
    if isinstance(error, ssl.SSLError):
        return str(getattr(error, "reason", None) or error.strerror or type(error).__name__)
    return type(error).__name__
