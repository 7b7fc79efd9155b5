from __future__ import annotations

import pytest

from dlp_gateway.config_access import Client
from dlp_gateway.errors import ConfigError
from dlp_gateway.receive.clients import CONNECTIONS_PER_STRANGER, Clients

ENTRIES = (
    Client(name="wide", networks=("10.0.0.0/8", "2001:db8::/32")),
    Client(name="narrow", networks=("10.1.2.0/24",), max_connections=2),
    Client(name="host", networks=("10.1.2.3/32",)),
    Client(name="nobody"),
)


@pytest.mark.parametrize(
    ("ip", "name"),
    [
        ("10.9.9.9", "wide"),
        ("10.1.2.4", "narrow"),
        ("10.1.2.3", "host"),
        ("2001:db8::5", "wide"),
        ("::ffff:10.1.2.4", "narrow"),
        ("11.0.0.1", None),
        ("::1", None),
        ("2001:db9::1", None),
        ("", None),
        ("not an address", None),
        ("fe80::1%eth0", None),
    ],
)
def test_the_most_specific_network_names_the_client(ip: str, name: str | None) -> None:
    clients = Clients(ENTRIES, 100)
    for _ in range(2):
        found = clients.find(ip)
        assert (found.name if found else None) == name


def test_each_entry_has_its_own_share_of_connections() -> None:
    clients = Clients(ENTRIES, 100)
    narrow, host = clients.find("10.1.2.4"), clients.find("10.1.2.3")
    assert [clients.enter("10.1.2.4", narrow) for _ in range(3)] == [True, True, False]
    assert clients.enter("10.1.2.3", host)
    clients.leave("10.1.2.4", narrow)
    assert clients.enter("10.1.2.5", narrow)


def test_all_together_have_a_limit() -> None:
    clients = Clients(ENTRIES, 3)
    wide = clients.find("10.9.9.9")
    assert [clients.enter("10.9.9.9", wide) for _ in range(4)] == [True, True, True, False]


def test_strangers_can_not_take_all_connections() -> None:
    clients = Clients(ENTRIES, 100)
    entered = [clients.enter(f"198.51.100.{n % 9}", None) for n in range(60)]
    assert sum(entered) == 25
    assert clients.enter("10.9.9.9", clients.find("10.9.9.9"))
    one_address = [Clients(ENTRIES, 1000)] * 20
    assert sum(c.enter("198.51.100.1", None) for c in one_address) == CONNECTIONS_PER_STRANGER


def test_an_address_pattern_of_a_client_that_is_none_is_a_fault_of_the_configuration() -> None:
    with pytest.raises(ConfigError, match="exchange: addresses: “everybody@”"):
        Clients((Client(name="exchange", addresses=("<>", "everybody@")),), 10)
