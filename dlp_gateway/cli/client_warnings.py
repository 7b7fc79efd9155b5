"""What `check-config` warns of in the entries of those who may send."""

from __future__ import annotations

import ipaddress

from ..config import Config
from ..errors import Fault


def client_warnings(config: Config) -> list[Fault]:
    """Networks where more than one machine could say that it is another."""
    return [
        Fault(
            file="clients",
            text=f"{client.name}: xclient is granted to all of {network}, and each machine there can name itself any "
            "client and any account; give the server that needs it an entry of its own, such as 10.1.0.4/32",
        )
        for client in config.clients
        if client.xclient
        for network in client.networks
        if ipaddress.ip_network(network).num_addresses > 1
    ]
