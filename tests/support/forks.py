"""Processes forked from one that has loaded what they need: to start an interpreter anew takes more than a second."""

from __future__ import annotations

import io
import multiprocessing
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from dlp_gateway.cli import main

PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.support.custody_stage", "tests.support.forked_commands"])
_SECONDS = 120


def run_command(words: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """What `dlp-gateway` with these words answers, in a process of its own with this one's folder and environment.
    Raises TimeoutError."""
    with TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        arguments = (tuple(words), dict(os.environ), os.getcwd(), out, err)
        process = PROCESSES.Process(target=_command, args=arguments)
        process.start()
        process.join(_SECONDS)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutError(f"{' '.join(words[:2])} took longer than {_SECONDS} s")
        return subprocess.CompletedProcess(
            args=list(words), returncode=process.exitcode, stdout=out.read_text("utf-8"), stderr=err.read_text("utf-8")
        )


def _command(words: Sequence[str], environ: Mapping[str, str], folder: str, out: Path, err: Path) -> None:
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    for descriptor, path in ((1, out), (2, err)):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT)
        os.dup2(opened, descriptor)
        os.close(opened)
    sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), "utf-8", write_through=True)
    sys.stderr = io.TextIOWrapper(io.FileIO(2, "w", closefd=False), "utf-8", "backslashreplace", write_through=True)
    sys.exit(main(list(words)))
