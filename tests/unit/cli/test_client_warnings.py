from __future__ import annotations

from dlp_gateway.cli.client_warnings import client_warnings
from dlp_gateway.config import Config
from dlp_gateway.config_access import Client


def test_xclient_for_more_than_one_machine_is_warned_of() -> None:
    """Each of them could name itself any client of the council."""
    one = Client(name="front", networks=("10.1.0.4/32", "2001:db8::4/128"), xclient=True)
    many = Client(name="floor", networks=("10.1.0.5/32", "10.2.0.0/31"), xclient=True)
    harmless = Client(name="printers", networks=("10.3.0.0/16",), xforward=True)
    (warning,) = client_warnings(Config(clients=(one, many, harmless)))
    assert str(warning).startswith("clients: floor: xclient is granted to all of 10.2.0.0/31")
