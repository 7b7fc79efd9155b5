"""What `doctor` and `check-config` say of milter listeners."""

from __future__ import annotations

import ipaddress
import socket

from ..config import Config
from ..config_milter import MilterListener
from ..errors import Fault
from ..receive.milter_codec import BadPacketError, Negotiate, PacketReader, encode

ANSWER_SECONDS = 5.0
_OFFER = Negotiate(6, 0x1FF, 0x1FFFFF)  # all that a mail server of today can do


def milter_state(listener: MilterListener) -> tuple[str, str]:
    """("ok" or "warning", what to do) of one listener: asked as a mail server would ask."""
    try:
        with _connected(listener) as connection:
            connection.sendall(encode(_OFFER))
            answer = _answer(connection)
    except (ConnectionResetError, BrokenPipeError):
        answer = None
    except OSError as error:
        why = error.strerror or "no answer in time"
        return "warning", f"{listener.place}: nobody answers ({why}); `dlp-gateway serve` listens there"
    except BadPacketError:
        return "warning", f"{listener.place}: what answers there speaks no milter; name another address"
    if answer is None:
        return "warning", f"{listener.place}: it hangs up on this machine; networks says who may connect"
    return "ok", f"answers at {listener.place}, protocol {answer.version}"


def _connected(listener: MilterListener) -> socket.socket:
    if listener.path is None:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(listener.host, listener.host)
        return socket.create_connection((host, listener.port or 0), timeout=ANSWER_SECONDS)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(ANSWER_SECONDS)
    try:
        connection.connect(str(listener.path))
    except OSError:
        connection.close()
        raise
    return connection


def _answer(connection: socket.socket) -> Negotiate | None:
    """None where it hangs up."""
    reader = PacketReader()
    while octets := connection.recv(4096):
        for packet in reader.feed(octets):
            if isinstance(packet, Negotiate):
                return packet
            raise BadPacketError("another packet")
    return None


def milter_warnings(config: Config) -> list[Fault]:
    """Listeners whose mail crosses a network: the protocol knows neither encryption nor proof of who speaks."""
    return [
        Fault(
            file="listeners.milter",
            text=f"{listener.place}: mail comes in clear text from {network}; use a Unix socket, or a tunnel that ends "
            "on this machine",
        )
        for listener in config.listeners.milter
        if listener.path is None
        for network in listener.networks
        if not ipaddress.ip_network(network).is_loopback
    ]
