"""A keeper whose readers do what a "PDF" tells them to: what hostile documents do by accident or on purpose.

Usage: python obedient_keeper.py DESCRIPTOR SETTINGS-AS-JSON
"""

import json
import os
import socket
import sys
import time
from collections.abc import Iterator

from dlp_gateway.extract import readers
from dlp_gateway.extract.kind import Kind
from dlp_gateway.extract.source import Inner, Item, Source, Tools
from dlp_gateway.reading.brood import start_brood
from dlp_gateway.reading.settings import ReadingSettings


def obey(source: Source, tools: Tools) -> Iterator[Item]:
    for number, line in enumerate(source.octets.split(b"\n")[1:]):
        command, _, argument = line.decode().partition(" ")
        if command == "say":
            yield source.passage(argument, f"line {number}")
        elif command == "file":
            yield Inner(name=argument, octets=b"%PDF-\n" + b"\n".join(source.octets.split(b"\n")[number + 2 :]))
            return
        elif command == "inner":
            name, _, rest = argument.partition(" ")
            yield Inner(name=name, octets=b"%PDF-\n" + rest.encode())
        elif command == "spend":
            tools.meter.cells(int(argument))
        elif command == "die":
            os._exit(3)
        elif command == "spin":
            while True:
                pass
        elif command == "sleep":
            time.sleep(600)
        elif command == "grow":
            bytearray(int(argument))
        elif command == "run":
            yield source.passage(tools.run(argument, b"input").decode(), argument)
        elif command == "raw":
            os.write(_own_socket(), bytes.fromhex(argument))
        elif command == "close":
            os.close(_own_socket())
            while True:
                time.sleep(1)


def _own_socket() -> int:
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b"")  # the filter lets no other question through
        except OSError:
            continue
        return descriptor
    raise AssertionError


if __name__ == "__main__":
    readers.READERS[Kind.PDF] = obey
    brood = start_brood(ReadingSettings(**json.loads(sys.argv[2])))
    print(brood.recv(1000).decode(), flush=True)
    socket.send_fds(brood, [b"+"], [int(sys.argv[1])])
    os.close(int(sys.argv[1]))
    sys.stdin.read()  # until the test is done
