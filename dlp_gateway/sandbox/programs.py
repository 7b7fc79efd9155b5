"""Programs of other makers, and one of ours, each run over one file under bubblewrap: own namespaces for users,
processes, network and the rest, /usr to read, a small folder in memory to write, a system-call filter, limits on
memory, time and output.

Nothing of a message reaches a command line, a file name or the environment: a program reads its standard input and
writes its standard output.
"""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import tempfile
import time
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from .encryption import OPENPGP, PYTHON_ENVIRONMENT, PYTHON_FOLDERS, SMIME_ENCRYPT, SMIME_SIGN
from .errors import ProgramFailedError, ProgramLateError, ProgramMissingError
from .system_calls import program_filter

_MIB = 2**20
_BLOCK_BYTES = 1 << 16
_BUBBLEWRAP = "bwrap"
_PROBE_SECONDS = 10.0
# A message of 50 MiB, signed (a third more in base64), encrypted and in armour.
_ENCRYPTED_BYTES = 128 * _MIB
_OPENSSL = (("OPENSSL_CONF", "/dev/null"),)
_LOOSE_FOLDERS = ("/lib", "/lib64", "/bin")  # links into /usr on most systems of today, folders on some


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """How a program is run. `needs`: the executables that must be there, with Debian's packages. `command` reads
    standard input and writes standard output; its working folder is empty, in memory, and of `folder_bytes`."""

    purpose: str
    needs: tuple[tuple[str, str], ...]
    command: tuple[str, ...]
    environment: tuple[tuple[str, str], ...] = ()
    system_folders: bool = False  # it needs /proc, and an /etc that it may write
    folders: tuple[str, ...] = ()  # what it reads beside /usr
    reads: bool = True  # it reads what no library can; False: it encrypts
    memory_bytes: int = 1024 * _MIB
    folder_bytes: int = 16 * _MIB
    output_bytes: int = 4 * _MIB


# Set before bubblewrap starts, so that all inside inherit them; by a shell, since in a process of several threads no
# Python may run between fork and exec.
_LIMITED = 'ulimit -c 0 && ulimit -v "$1" && ulimit -t "$2" && ulimit -f "$3" && shift 3 && exec "$@"'

_UNPACK = """
printf 'user:x:%s:%s::/tmp:/bin/sh\\n' "$(id -u)" "$(id -g)" >/etc/passwd
cat >archive && mkdir out
unar -quiet -force-overwrite -no-directory -no-recursion -output-directory out archive >/dev/null 2>&1
echo $? >result
tar -cf - -C out . -C .. result
"""

PROGRAMS: dict[str, Program] = {
    "ocr": Program(
        purpose="text in pictures",
        needs=(("tesseract", "tesseract-ocr"),),
        # psm 1: with the page's orientation; the other modes read nothing of a page on its side.
        command=("tesseract", "stdin", "stdout", "--psm", "1"),
        environment=(("OMP_THREAD_LIMIT", "1"),),
    ),
    "unar": Program(
        purpose="RAR archives that libarchive refuses",
        needs=(("unar", "unar"), ("tar", "tar")),
        # unar wants a file and writes files: both lie in the folder in memory, and tar sends them out in one stream.
        # Its base library wants /proc and the name of its user. Its exit code is a file outside the folder of the
        # archive's own, so that no archive can name it: extract/archives/other_archive.py believes nothing without it.
        command=("sh", "-c", _UNPACK),
        system_folders=True,
        folder_bytes=256 * _MIB,
        output_bytes=128 * _MIB,
    ),
    "smime-encrypt": Program(
        purpose="S/MIME",
        needs=(("openssl", "openssl"),),
        command=("sh", "-c", SMIME_ENCRYPT),
        environment=_OPENSSL,
        output_bytes=_ENCRYPTED_BYTES,
        reads=False,
    ),
    "smime-sign": Program(
        purpose="S/MIME signatures",
        needs=(("openssl", "openssl"),),
        command=("sh", "-c", SMIME_SIGN),
        environment=_OPENSSL,
        output_bytes=_ENCRYPTED_BYTES,
        reads=False,
    ),
    "openpgp": Program(
        purpose="OpenPGP",
        needs=(),
        command=OPENPGP,
        environment=PYTHON_ENVIRONMENT,
        folders=PYTHON_FOLDERS,
        output_bytes=_ENCRYPTED_BYTES,
        reads=False,
    ),
}


@cache
def missing_programs(name: str) -> tuple[str, ...]:
    """Debian's packages of the executables that this program lacks on this machine."""
    return tuple(package for executable, package in PROGRAMS[name].needs if shutil.which(executable) is None)


@cache
def bubblewrap_fault(*, system_folders: bool = False) -> str | None:
    """Why programs can't be run in a sandbox here, None where they can. `system_folders`: those that need some."""
    if shutil.which(_BUBBLEWRAP) is None:
        return "bubblewrap is not installed (Debian's package bubblewrap)"
    probe = Program(purpose="whether it works", needs=(), command=("true",), system_folders=system_folders)
    command = [*_wall(probe), *probe.command]
    try:
        run = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=_PROBE_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return "bubblewrap can't be started"
    return None if run.returncode == 0 else "bubblewrap may not make namespaces here"


def run_program(name: str, octets: bytes, seconds: float) -> bytes:
    """What the program of that name in PROGRAMS writes to its standard output when it reads `octets`. As
    `run_program_over`."""
    return run_program_over(name, (octets,), seconds)


def run_program_over(name: str, pieces: Iterable[bytes | memoryview], seconds: float) -> bytes:
    """What the program of that name in PROGRAMS writes to its standard output when it reads these octets one after
    another; they are not put together, for a large message would be in memory once more.

    From any thread. Raises ProgramMissingError, ProgramLateError after `seconds`, ProgramFailedError for an exit code
    or too much output.
    """
    program = PROGRAMS[name]
    if missing_programs(name) or bubblewrap_fault(system_folders=program.system_folders) is not None:
        raise ProgramMissingError(name)
    with tempfile.TemporaryFile() as rules:
        rules.write(program_filter())
        rules.seek(0)
        process = subprocess.Popen(
            [*_limits(program, seconds), *_wall(program, seccomp=rules.fileno()), *program.command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=(rules.fileno(),),
        )
    try:
        output = _exchange(process, pieces, program.output_bytes, time.monotonic() + seconds)
        if process.wait() != 0:
            raise ProgramFailedError(name)
        return output
    finally:
        # bubblewrap is the first process of its namespace: with it all others in there end.
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def _wall(program: Program, *, seccomp: int | None = None) -> list[str]:
    command = [_BUBBLEWRAP, "--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"]
    command += ["--ro-bind", "/usr", "/usr", "--dev", "/dev"]
    command += ["--size", str(program.folder_bytes), "--tmpfs", "/tmp"]  # noqa: S108
    for folder in program.folders:
        command += ["--ro-bind", folder, folder]
    if program.system_folders:
        command += ["--proc", "/proc", "--size", str(_MIB), "--perms", "0755", "--tmpfs", "/etc"]
    for folder in _LOOSE_FOLDERS:
        if os.path.islink(folder):
            command += ["--symlink", os.readlink(folder), folder]
        elif os.path.isdir(folder):
            command += ["--ro-bind", folder, folder]
    if seccomp is not None:
        command += ["--seccomp", str(seccomp)]
    for name, value in (("PATH", "/usr/bin:/bin"), ("LC_ALL", "C.UTF-8"), ("HOME", "/tmp"), *program.environment):  # noqa: S108
        command += ["--setenv", name, value]
    return [*command, "--chdir", "/tmp", "--"]  # noqa: S108


def _limits(program: Program, seconds: float) -> list[str]:
    kibibytes, blocks = program.memory_bytes // 1024, program.folder_bytes // 512  # the units of ulimit
    return ["sh", "-c", _LIMITED, "sh", str(kibibytes), str(int(seconds) + 1), str(blocks)]


def _exchange(
    process: subprocess.Popen[bytes], pieces: Iterable[bytes | memoryview], most_bytes: int, until: float
) -> bytes:
    """Feed the program and take what it writes, at the same time. Raises ProgramLateError, ProgramFailedError."""
    assert process.stdin is not None
    assert process.stdout is not None
    os.set_blocking(process.stdin.fileno(), False)
    waiting = deque(memoryview(piece) for piece in pieces)
    output = bytearray()
    poll = select.poll()
    poll.register(process.stdout, select.POLLIN)
    poll.register(process.stdin, select.POLLOUT)
    while True:
        if (remaining := until - time.monotonic()) <= 0:
            raise ProgramLateError
        for descriptor, _ in poll.poll(remaining * 1000):
            if descriptor == process.stdout.fileno():
                block = os.read(descriptor, _BLOCK_BYTES)
                if not block:
                    return bytes(output)
                output += block
                if len(output) > most_bytes:
                    raise ProgramFailedError
            else:
                if waiting:
                    waiting[0] = waiting[0][_write(descriptor, waiting[0]) :]
                    if not waiting[0]:
                        waiting.popleft()
                if not waiting:
                    poll.unregister(descriptor)
                    process.stdin.close()


def _write(descriptor: int, octets: memoryview) -> int:
    """How much was taken; all of it where the program reads no more, as is its right."""
    try:
        return os.write(descriptor, octets[:_BLOCK_BYTES])
    except BlockingIOError:
        return 0
    except BrokenPipeError:
        return len(octets)
