"""A nursery whose workers do what a message tells them to: what hostile documents do by accident."""

import os
import resource
import socket
import sys
from collections.abc import Callable, Mapping
from typing import Any

from dlp_gateway.change import Changed, Manner
from dlp_gateway.errors import ConfigError, Fault
from dlp_gateway.extract import Apart
from dlp_gateway.model import Attachment, Extraction, Inspection, Question
from dlp_gateway.pool_worker import main


class Obedient:
    def __init__(self, texts: Mapping[str, str]) -> None:
        self.version = texts.get("version", "1")

    def read_apart_with(self, apart: Apart) -> None:
        self.apart = apart

    def inspect(self, octets: bytes, question: Question) -> Inspection:
        said = self._obey(octets)
        told = Attachment(part="1", filename=said, media_type="text/plain", size_bytes=os.getpid())
        return Inspection(question=question, ruleset=self.version, attachments=(told,))

    def passages(self, octets: bytes) -> Extraction:
        self._obey(octets)
        return Extraction(passages=(), gaps=(), attachments=())

    def change(self, octets: bytes, changes: tuple[str, ...], manner: Manner) -> Changed:
        self._obey(octets)
        return Changed(octets=octets + b"\x00\xff", notes=(*changes, manner.once))

    def _obey(self, octets: bytes) -> str:
        command, _, argument = octets.partition(b" ")
        if command == b"wait-for":
            while not os.path.exists(argument):
                pass
        if command == b"die":
            os._exit(3)
        if command == b"grow":
            bytearray(int(argument))
        if command == b"raise":
            raise ValueError(argument.decode())
        if command == b"print":
            os.write(2, argument)
            print(argument, file=sys.stderr, flush=True)
        if command == b"try":
            return _attempt(argument.decode())
        return "done"


def _write() -> None:
    with open("/proc/self/comm", "rb"):
        pass
    with open(f"{os.environ.get('TMPDIR', '/tmp')}/dlp-gateway-worker-test", "wb", buffering=0) as file:
        os.unlink(file.name)
        file.write(b"x")


def _attempt(what: str) -> str:
    if what == "descriptors":
        return ",".join(sorted(os.readlink(f"/proc/self/fd/{n}").partition(":")[0] for n in range(64) if _is_open(n)))
    if what == "core":
        return str(resource.getrlimit(resource.RLIMIT_CORE)[1])
    attempts: dict[str, Callable[[], object]] = {
        "tcp": socket.socket,
        "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
        "unix": lambda: socket.socket(socket.AF_UNIX),
        "pair": socket.socketpair,
        "exec": lambda: os.execv("/bin/true", ["true"]),
        "signal": lambda: os.kill(os.getppid(), 0),
        "write": _write,
    }
    try:
        attempts[what]()
    except OSError:
        return "refused"
    return "allowed"


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def make(start: dict[str, Any]) -> Obedient:
    texts: dict[str, str] = start["texts"]
    if "broken" in texts:
        raise ConfigError([Fault(file="a.yaml", line=3, text="is wrong"), Fault(file="b.yaml", text="is wrong too")])
    if "crash" in texts:
        raise RuntimeError(texts["crash"])
    return Obedient(texts)


if __name__ == "__main__":
    main(make)
