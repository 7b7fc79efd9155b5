"""Targets with one defect each, which the fuzzer must find and name: else its silence would say nothing."""

from __future__ import annotations

import os
import time

from .target import Target, require

_kept: list[bytes] = []


def _is_bad(octets: bytes) -> bool:
    """One input in eight: a fuzzer that reads a few hundred in its time comes upon one, however slow the machine."""
    return bool(octets) and octets[0] % 8 == 4


def _raise(octets: bytes) -> None:
    if _is_bad(octets):
        raise ValueError


def _break_a_promise(octets: bytes) -> None:
    require(not _is_bad(octets), "no input begins with an octet that leaves four when divided by eight")


def _die(octets: bytes) -> None:
    if _is_bad(octets):
        os.abort()


def _grow(octets: bytes) -> None:
    if len(_kept) < 400:  # not so much that the machine feels it
        _kept.append(octets + b"x" * (1 << 18))


def _run_on(octets: bytes) -> None:
    until = time.process_time() + 30
    while octets[:1] == b"d" and time.process_time() < until:
        pass


def _want_all_memory(octets: bytes) -> None:
    if octets[:1] == b"d":
        bytearray(b"x" * (1100 << 20))
        time.sleep(2)


TARGETS: dict[str, Target] = {
    name: Target(name=name, check=check, words="mail", max_bytes=64)
    for name, check in (
        ("raises", _raise),
        ("breaks", _break_a_promise),
        ("dies", _die),
        ("grows", _grow),
        ("runs-on", _run_on),
        ("wants-memory", _want_all_memory),
    )
}
