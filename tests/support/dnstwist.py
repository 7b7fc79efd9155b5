"""dnstwist, without what it does to the process that imports it."""

from __future__ import annotations

import socket

from dnstwist import Fuzzer

# It gives every socket of the process a time limit, with which asyncio's no longer work.
socket.setdefaulttimeout(None)

__all__ = ["Fuzzer"]
