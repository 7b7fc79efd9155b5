"""One input once more, without instrumentation: `python -m tests.fuzz.replay FILE`.

FILE is a finding (its name says the target) or any file with `--target NAME`. Ends with 1 where a promise is broken,
something leaves, or it takes too much time or memory; a native death ends it as it ended the fuzzer.
"""

from __future__ import annotations

import argparse
import faulthandler
import importlib
import resource
import sys
import time
from pathlib import Path

from .findings import LARGEST_MIB, SLOW_SECONDS, finding_of, target_of
from .promises import is_ours
from .target import TABLE


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path)
    parser.add_argument("--target")
    parser.add_argument("--table", default=TABLE, help="the module whose TARGETS they are")
    options = parser.parse_args()
    targets = importlib.import_module(options.table).TARGETS
    faulthandler.enable()
    is_ours("")  # reads our sources, once
    name = options.target or target_of(options.file)
    octets = options.file.read_bytes()
    targets[name].check(b"")  # what a first use loads is not this input's
    before, started = peak_mib(), time.process_time()
    try:
        targets[name].check(octets)
    except MemoryError:
        print("out of memory, which is allowed")
    except BaseException as error:  # noqa: BLE001  # whatever it is
        print(finding_of(name, octets, error).account, file=sys.stderr)
        return 1
    seconds, mib = time.process_time() - started, peak_mib()
    print(f"{name}: {len(octets)} octets, {seconds:.2f} s of CPU time, peak {mib:.0f} MiB ({before:.0f} before)")
    return 1 if seconds > SLOW_SECONDS or mib > LARGEST_MIB else 0


def peak_mib() -> float:
    """The most memory that this process has had resident."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    sys.exit(main())
