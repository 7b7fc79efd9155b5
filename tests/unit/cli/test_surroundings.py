from __future__ import annotations

import os

from dlp_gateway.cli.surroundings import circle_state, clock_state, name_state
from dlp_gateway.config import Config, Listeners
from dlp_gateway.config_access import SmtpListener
from dlp_gateway.config_ways import Route


def config_of(next_hop: str, host: str = "127.0.0.1", hostname: str = "localhost") -> Config:
    route = Route(kind="gateway", next_hop=next_hop)
    listeners = Listeners(smtp=(SmtpListener(host=host, port=2525),))
    return Config(hostname=hostname, listeners=listeners, routes={"relay": route, "secure": route})


def test_a_route_into_a_listener_of_ours_is_a_circle_also_by_name_and_where_it_listens_everywhere():
    for next_hop, host in (
        ("127.0.0.1:2525", "127.0.0.1"),
        ("localhost:2525", "127.0.0.1"),
        ("localhost:2525", "0.0.0.0"),
    ):
        state, text = circle_state(config_of(next_hop, host))
        assert state == "failed"
        assert "is our own listener" in text


def test_another_port_or_another_machine_is_no_circle():
    for next_hop, host in (
        ("127.0.0.1:25", "127.0.0.1"),
        ("192.0.2.1:2525", "0.0.0.0"),
        ("127.0.0.2:2525", "127.0.0.1"),
    ):
        assert circle_state(config_of(next_hop, host))[0] == "ok"


def test_our_name_is_looked_up():
    state, text = name_state(config_of("127.0.0.1:25"))
    assert state == "ok"
    assert "127.0.0.1" in text
    assert name_state(config_of("127.0.0.1:25", hostname="gateway.invalid"))[0] == "warning"


def test_a_clock_behind_what_was_written_before_is_told(tmp_path):
    """Holds, rests and certificates all count by it."""
    os.utime(tmp_path, (1_000_000, 1_000_000))
    assert clock_state(tmp_path, 1_000_001.0)[0] == "ok"
    state, text = clock_state(tmp_path, 999_000.0)
    assert (state, "1000 s behind" in text) == ("failed", True)
