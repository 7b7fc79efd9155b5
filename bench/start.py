"""What a start of the gateway costs until it says `ready`: time, processor time and memory of each of its processes.

    python -m bench.start [TIMES]

Two workers, the shipped rules; with the language model and without.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.support.gateway_process import PRODUCT, GatewayProcess, make_gateway

_NOWHERE = {"next_hop": "127.0.0.1:9"}
_WAYS = {"relay": _NOWHERE | {"kind": "relay", "tls": "none"}, "secure": _NOWHERE | {"kind": "tls"}}
_TICKS = os.sysconf("SC_CLK_TCK")


def one_start(folder: Path, *, names: bool) -> dict[str, float]:
    """Seconds until `ready`, CPU seconds and MiB by kind of process."""
    gateway = make_gateway(folder, _WAYS, as_command=PRODUCT, workers={"count": 2, "names": names})
    began = time.perf_counter()
    gateway.start()
    try:
        return {"seconds": time.perf_counter() - began, **_costs(gateway)}
    finally:
        gateway.stop()


def _costs(gateway: GatewayProcess) -> dict[str, float]:
    assert gateway.process is not None
    own = gateway.process.pid
    (nursery,) = _children(own)
    costs: Counter[str] = Counter()
    for kind, pids in (("gateway", [own]), ("nursery", [nursery]), ("others", _below(nursery))):
        for pid in pids:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
            costs[f"{kind}, CPU s"] += (int(fields[11]) + int(fields[12])) / _TICKS  # utime, stime: proc(5)
            costs[f"{kind}, own MiB"] += _own_mib(pid)
    return dict(costs)


def _own_mib(pid: int) -> float:
    """What it shares with no other process, and its part of what it does."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _below(pid: int) -> list[int]:
    return [each for child in _children(pid) for each in (child, *_below(child))]


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    for names in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            starts = [one_start(Path(folder, str(number)), names=names) for number in range(times)]
        print(f"\n{'with' if names else 'without'} the language model, median of {times} starts:")
        for what in starts[0]:
            print(f"  {what:22}{statistics.median(start[what] for start in starts):8.2f}")


if __name__ == "__main__":
    main()
