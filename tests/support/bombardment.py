"""Bombs sent through a real gateway while somebody else's ordinary mail goes on."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.bombs import Bomb
from tests.support.client_mail import COLLEAGUE, STRANGER, mail, send
from tests.support.gateway_process import PRODUCT, GatewayProcess, running_gateway
from tests.support.hop_thread import running_hop

_PAUSE_SECONDS = 0.1
_GAPS = """
SELECT json_extract(gap.value, '$.scope'), json_extract(gap.value, '$.reason'), json_extract(gap.value, '$.detail')
FROM store_message, json_each(store_message.inspection, '$.gaps') AS gap
"""
_NOTHING_ELSE = 20  # ordinary messages before the first bomb, for comparison


@dataclass(slots=True)
class Report:
    """Replies and seconds by bomb; seconds of each ordinary message, before and meanwhile."""

    replies: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    quiet: list[float] = field(default_factory=list)
    meanwhile: list[float] = field(default_factory=list)
    ordinary_replies: set[int] = field(default_factory=set)
    gaps: list[tuple[str, ...]] = field(default_factory=list)

    @property
    def median_seconds(self) -> float:
        return statistics.median(self.meanwhile)

    @property
    def late_seconds(self) -> float:
        """The 95th percentile."""
        return statistics.quantiles(self.meanwhile, n=20)[-1]

    def __str__(self) -> str:
        slowest = sorted(self.seconds.items(), key=lambda item: -item[1])[:8]
        return (
            f"{len(self.replies)} bombs, slowest: "
            + ", ".join(f"{name} {seconds:.1f} s" for name, seconds in slowest)
            + f"\nordinary mail: median {statistics.median(self.quiet) * 1000:.0f} ms before; meanwhile "
            f"{len(self.meanwhile)} messages, median {self.median_seconds * 1000:.0f} ms, "
            f"95 % below {self.late_seconds * 1000:.0f} ms, longest {max(self.meanwhile) * 1000:.0f} ms"
        )


def bombard(folder: Path, bombs: Sequence[Bomb], *, at_once: int) -> Report:
    """Send the bombs to an outsider, `at_once` at any time, while a colleague gets mail ten times a second."""
    report = Report()
    done = threading.Event()
    with running_hop() as hop:
        ways = {
            name: {"kind": kind, "next_hop": f"127.0.0.1:{hop.port}", "tls": "none"}
            for name, kind in (("relay", "relay"), ("secure", "gateway"))
        }
        with running_gateway(folder, ways, as_command=PRODUCT, limits={"message_bytes": 60 * 2**20}) as gateway:
            for _ in range(_NOTHING_ELSE):
                _send_ordinary(gateway, report, report.quiet)
            with ThreadPoolExecutor(at_once + 1) as threads:
                going_on = threads.submit(_go_on, gateway, report, done)
                try:
                    list(threads.map(lambda bomb: _send_bomb(gateway, report, bomb), bombs))
                finally:
                    done.set()
                going_on.result()
            assert gateway.process is not None
            assert gateway.process.poll() is None, "the gateway has ended"
            report.gaps = [tuple(row) for row in gateway.rows(_GAPS)]
    return report


def _send_bomb(gateway: GatewayProcess, report: Report, bomb: Bomb) -> None:
    octets = bomb.make()
    started = time.monotonic()
    report.replies[bomb.name] = send(gateway.port, octets, STRANGER).code
    report.seconds[bomb.name] = time.monotonic() - started


def _go_on(gateway: GatewayProcess, report: Report, done: threading.Event) -> None:
    while not done.wait(_PAUSE_SECONDS):
        _send_ordinary(gateway, report, report.meanwhile)


def _send_ordinary(gateway: GatewayProcess, report: Report, seconds: list[float]) -> None:
    octets = mail(f"ordinary{len(report.quiet)}-{len(report.meanwhile)}", to=COLLEAGUE)
    started = time.monotonic()
    report.ordinary_replies.add(send(gateway.port, octets, COLLEAGUE).code)
    seconds.append(time.monotonic() - started)
