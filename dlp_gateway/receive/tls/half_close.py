"""TLS for a client that has said all it will say and still waits for our replies.

RFC 8446, 6.1: `close_notify` closes one direction. Exim closes its own behind the final dot and a pipelined QUIT, while
asyncio closes both then and the reply is lost: the client would never learn that its message was taken.
"""

from __future__ import annotations

from asyncio.sslproto import AppProtocolState, SSLProtocol, SSLProtocolState
from typing import Any


class HalfClosingTls(SSLProtocol):
    """Where the client closes its direction, ours stays open until we close it, if the protocol above says so."""

    # What typeshed does not know of its base.
    _app_protocol: Any
    _app_state: Any
    _app_transport: Any
    _do_write: Any
    _state: Any

    _half_closed = False

    def _call_eof_received(self, *_: Any) -> None:
        if self._app_state == AppProtocolState.STATE_CON_MADE:
            self._app_state = AppProtocolState.STATE_EOF
            self._half_closed = bool(self._app_protocol.eof_received())

    def _start_shutdown(self, *context: Any) -> None:
        if self._half_closed and not self._app_transport._closed:  # noqa: SLF001 - else it is we who close
            return
        super()._start_shutdown(*context)

    def eof_received(self) -> Any:
        """Of the connection below."""
        if self._half_closed and self._state == SSLProtocolState.WRAPPED:
            return True
        return super().eof_received()

    def _do_read(self) -> None:
        if self._half_closed:
            self._do_write()
        else:
            super()._do_read()  # type: ignore[misc] # as above
