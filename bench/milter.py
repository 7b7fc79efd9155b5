"""Messages a second through a Postfix that asks the gateway by milter, through one that has it as proxy, and one alone.

Needs root, as Postfix does. 4 kB of text go to a colleague (relayed as they are) and to an outsider (inspected, with
a disclaimer). What Postfix has in the end it throws away (discard(8)).

    nice python -m bench.milter [MESSAGES]
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.chain import letter
from tests.support.client_mail import COLLEAGUE, SUPPLIER
from tests.support.gateway_process import PRODUCT, running_gateway
from tests.support.ports import free_port
from tests.support.postfix import Postfix, asking, delivering, proxying, send_with_smtp_source

DISCARD = {"transport_maps": "static:discard:", "in_flow_delay": "0"}


@contextmanager
def stand(case: str) -> Iterator[tuple[Postfix, int | None]]:
    """The Postfix, and the process id of the gateway beside it."""
    if case == "Postfix alone":
        with delivering(**DISCARD) as postfix:
            yield postfix, None
        return
    back = free_port()
    hop = {"next_hop": f"127.0.0.1:{back}", "tls": "none"}
    routes = {"relay": hop | {"kind": "relay"}, "secure": hop | {"kind": "gateway"}}
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder, tcp, smtp = Path(name), free_port(), free_port()
        folder.chmod(0o755)
        listeners = {
            "smtp": [{"port": smtp}],
            "milter": [{"path": str(folder / "m.sock"), "mode": "0666"}, {"port": tcp}],
            "health": {"enabled": False},
        }
        with running_gateway(folder / "gateway", routes, as_command=PRODUCT, listeners=listeners) as gateway:
            assert gateway.process is not None
            if case == "before-queue proxy":
                with proxying(smtp, reinjection_port=back, **DISCARD) as postfix:
                    yield postfix, gateway.process.pid
            else:
                place = f"inet:127.0.0.1:{tcp}" if case == "milter, TCP" else f"unix:{folder}/m.sock"
                with asking(place, reinjection_port=back, **DISCARD) as postfix:
                    yield postfix, gateway.process.pid


def cpu_seconds(pid: int | None) -> float:
    """Of the gateway and its workers."""
    if pid is None:
        return 0.0
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    fields = [Path(f"/proc/{one}/stat").read_text().rpartition(") ")[2].split() for one in (str(pid), *children)]
    return sum(int(ticks) for of_one in fields for ticks in of_one[11:15]) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    with tempfile.NamedTemporaryFile("w", suffix=".eml") as message:
        message.write(letter())
        message.flush()
        for case in ("Postfix alone", "milter, Unix socket", "milter, TCP", "before-queue proxy"):
            with stand(case) as (postfix, pid):
                for recipient, sessions in ((COLLEAGUE, 1), (COLLEAGUE, 10), (SUPPLIER, 1), (SUPPLIER, 10)):
                    options = ("-s", str(sessions), "-m", str(count), "-F", message.name, "-t", recipient)
                    started, before = time.perf_counter(), cpu_seconds(pid)
                    send_with_smtp_source(postfix.port, *options, "-f", "officer@council.example")
                    rate = count / (time.perf_counter() - started)
                    cpu = (cpu_seconds(pid) - before) * 1000 / count
                    where = f"{sessions:>3} sessions to {recipient:<26}"
                    print(f"{case:<20} {where} {rate:8.0f} messages/s {cpu:6.2f} CPU ms", flush=True)
                    postfix.wait_for_empty_queue(seconds=120)


if __name__ == "__main__":
    main()
