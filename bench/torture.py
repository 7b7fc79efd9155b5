"""Mail through a gateway that is killed again and again, between next hops that misbehave.

`nice python bench/torture.py`; options: --messages 10000 --kills 100 --seed 1. Ends with 1 where a recipient is lost,
leaked, or has a copy too many without a cause.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.torture import run_torture


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--messages", type=int, default=10_000)
    options.add_argument("--kills", type=int, default=100)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--folder", type=Path, help="where the gateway lives, kept afterwards")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        folder = asked.folder or Path(passing)
        account = run_torture(folder, messages=asked.messages, kills=asked.kills, seed=asked.seed)
    print(account.table())
    for fault in account.faults[:50]:
        print(fault)
    return 1 if account.faults else 0


if __name__ == "__main__":
    sys.exit(main())
