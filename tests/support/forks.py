"""Processes forked from one that has loaded what they need: to start an interpreter anew takes seconds.

That one is not measured by coverage, and neither are they: what ends in `os._exit` would lose its figures anyway.
Tests of how a process begins and ends start it as an operator does (`GatewayProcess.as_command`).
"""

from __future__ import annotations

import io
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from tempfile import TemporaryDirectory

from dlp_gateway.cli import main
from dlp_gateway.one_thread import ONE_THREAD
from tests.support.untraced import untraced_environment

_PROCESSES = multiprocessing.get_context("forkserver")
_PRELOADED = ["tests.support.custody_stage", "tests.support.loaded"]
_SECONDS = 120


def pipe() -> tuple[Connection, Connection]:
    """An end to read and an end to write, either of which may be among the arguments of a process."""
    return _PROCESSES.Pipe(duplex=False)


def start_process(target: Callable[..., object], *arguments: object) -> ForkServerProcess:
    """A process that runs the function, which stands in a module of its own right."""
    _start_server()
    process = _PROCESSES.Process(target=target, args=arguments)
    process.start()
    return process


@cache
def _start_server() -> None:
    _PROCESSES.set_forkserver_preload(_PRELOADED)
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(untraced_environment() | ONE_THREAD)  # a library's threads would be missing in what is forked
    try:
        forkserver.ensure_running()
    finally:
        os.environ.clear()
        os.environ.update(before)


def become(environ: Mapping[str, str], folder: str, out: int, err: int) -> None:
    """Be, in a process just forked, what one would be that was started there with that environment and those
    descriptors."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    for standard, opened in ((1, out), (2, err)):
        os.dup2(opened, standard)
        os.close(opened)
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), "utf-8", write_through=True)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), "utf-8", "backslashreplace", write_through=True)


def run_command(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """What `dlp-gateway` with these words answers, in a process of its own with this one's folder and environment.
    Raises TimeoutError."""
    with TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        process = start_process(_command, tuple(words), dict(os.environ), os.getcwd(), out, err)
        process.join(_SECONDS)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutError(f"{' '.join(words[:2])} took longer than {_SECONDS} s")
        return subprocess.CompletedProcess(
            args=list(words), returncode=process.exitcode, stdout=out.read_text("utf-8"), stderr=err.read_text("utf-8")
        )


def _command(words: Sequence[str], environ: Mapping[str, str], folder: str, out: Path, err: Path) -> None:
    become(environ, folder, *(os.open(path, os.O_WRONLY | os.O_CREAT) for path in (out, err)))
    sys.exit(main(list(words)))
