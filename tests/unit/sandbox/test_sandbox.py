"""The walls, tried from inside. Each attempt runs in a process of its own, which has locked itself down before."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from dlp_gateway import sandbox
from dlp_gateway.sandbox import lock, programs

# Runs an expression inside a locked-down process and prints what came of it.
_INSIDE = """
import os, resource, signal, socket, sys
from dlp_gateway import sandbox
out = os.dup(1)
if sys.argv[1] == "worker":
    sandbox.lock_down(256 * 2**20, (out,))
else:
    sandbox.lock_down_reader(256 * 2**20, 5, out)
try:
    said = str(eval(sys.argv[2]))
except (OSError, MemoryError, ImportError) as error:
    said = f"refused: {type(error).__name__}"
os.write(out, said.encode())
"""


def inside(who: str, expression: str) -> str:
    """What the expression comes to in a locked-down process."""
    run = subprocess.run([sys.executable, "-c", _INSIDE, who, expression], capture_output=True, timeout=60, check=False)
    return run.stdout.decode() or f"ended by {run.returncode}"


def test_no_attempt_to_get_out_of_a_reader_succeeds() -> None:
    assert sandbox.escapes() == []


def test_the_self_test_sees_a_wall_that_is_missing() -> None:
    """A check that cannot fail would be none: here the reader's filter is left out."""
    script = (
        "from dlp_gateway import sandbox\n"
        "from dlp_gateway.sandbox import lock\n"
        "lock.allow_reader_calls_only = lambda: None\n"
        "print(sandbox.escapes())\n"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert "open a UDP socket" in run.stdout
    assert "start a process" in run.stdout


@pytest.mark.parametrize("path", ["/etc/passwd", "/proc/1/environ", "/root", "/tmp", "/"])
def test_a_worker_and_a_reader_see_no_file_of_the_machine(path: str) -> None:
    for who in ("worker", "reader"):
        assert inside(who, f"os.listdir({path!r}) if os.path.isdir({path!r}) else open({path!r}).read()") in (
            "refused: PermissionError",
            "refused: LookupError",
        )


def test_a_worker_can_still_load_modules_of_python_and_a_reader_cannot() -> None:
    expression = "__import__('sndhdr').__name__"
    assert inside("worker", expression) == "sndhdr"
    assert inside("reader", expression).startswith("refused")


def test_a_reader_writes_nothing_and_makes_nothing() -> None:
    assert inside("reader", "os.open('/tmp/x', os.O_CREAT | os.O_WRONLY)") == "refused: PermissionError"
    assert inside("reader", "os.memfd_create('x')") == "refused: PermissionError"
    assert inside("reader", "os.mkdir('/tmp/dlp-x')") == "refused: PermissionError"
    assert inside("reader", "os.fork()") == "refused: PermissionError"


def test_memory_beyond_the_limit_is_refused_and_time_ends_it() -> None:
    assert inside("reader", "bytearray(2**30)") == "refused: MemoryError"
    assert inside("reader", "[x for x in iter(int, 1)]") in ("refused: MemoryError", "ended by -24", "ended by -9")


def test_a_reader_of_roots_is_nobody() -> None:
    """Only root can become somebody else."""
    expected = 65534 if os.geteuid() == 0 else os.geteuid()
    assert inside("reader", "os.getuid()") == str(expected)


def test_a_kernel_without_landlock_is_refused_unless_the_administrator_says_so() -> None:
    script = (
        "import os, sys\n"
        "from dlp_gateway import sandbox\n"
        "from dlp_gateway.sandbox import lock\n"
        "lock.landlock_version = lambda: 0\n"
        "try:\n"
        "    print(sandbox.escapes(weak=sys.argv[1] == 'weak'))\n"
        "except OSError as error:\n"
        "    print(error)\n"
    )

    def said(how: str) -> str:
        return subprocess.run([sys.executable, "-c", script, how], capture_output=True, text=True, check=True).stdout

    assert "could not lock itself down" in said("whole")
    assert said("weak") == "[]\n"  # the system-call filter alone holds too


# -- programs of other makers --


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch):
    """Run a shell command as a program of another maker."""

    def run(command: str, octets: bytes = b"", seconds: float = 10, **limits: int) -> bytes:
        program = programs.Program(purpose="a test", needs=(("sh", "dash"),), command=("sh", "-c", command), **limits)
        monkeypatch.setitem(programs.PROGRAMS, "shell", program)
        return sandbox.run_program("shell", octets, seconds)

    return run


def test_a_program_reads_its_input_and_its_output_is_taken(shell) -> None:
    assert shell("tr a-z A-Z", b"hello " * 100_000) == b"HELLO " * 100_000


def test_a_program_may_leave_its_input_unread(shell) -> None:
    assert shell("echo done", b"x" * 1_000_000) == b"done\n"


def test_a_program_sees_neither_files_nor_network_nor_environment_nor_processes(
    shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SECRET", "K_SECRET")
    (tmp_path / "file").write_text("K_FILE")
    assert b"K_" not in shell(f"cat {tmp_path}/file; env; ls -la / /tmp; true")
    assert shell("ls -A /tmp | wc -l").strip() == b"0"
    assert shell("ls /home /root /etc /var 2>/dev/null; true") == b""
    assert shell("echo x >/usr/x 2>/dev/null || echo refused") == b"refused\n"


def test_a_program_that_is_late_is_ended_with_all_that_it_started(shell) -> None:
    with pytest.raises(sandbox.ProgramLateError):
        shell("sleep 47.11 & sleep 47.11", seconds=0.5)
    running = subprocess.run(["pgrep", "-f", "sleep 47.11"], capture_output=True, check=False).stdout
    assert running == b""


def test_too_much_output_memory_or_disk_is_a_failure(shell) -> None:
    for command in ("yes", "dd if=/dev/zero of=big bs=1M count=64 2>/dev/null", "exit 3"):
        with pytest.raises(sandbox.ProgramFailedError):
            shell(command, output_bytes=1_000_000, folder_bytes=2**20)


def test_the_limits_hold_for_all_that_runs_inside(shell) -> None:
    """They are set before the walls go up, by a shell, since the gateway that starts programs has several threads."""
    said = shell("ulimit -c; ulimit -v; ulimit -t; ulimit -f", seconds=7.5, memory_bytes=2**28, folder_bytes=2**20)
    assert said.split() == [b"0", str(2**18).encode(), b"8", b"2048"]
    with pytest.raises(sandbox.ProgramFailedError):
        shell("x=$(head -c 300000000 /dev/zero | tr '\\0' x); echo ${#x}", memory_bytes=2**27)


def test_python_of_our_own_sees_its_modules_and_no_other_file() -> None:
    command = (*programs.PROGRAMS["openpgp"].command[:-1], "import os; print(os.listdir('/'), os.path.exists('/etc'))")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(programs.PROGRAMS, "look", replace(programs.PROGRAMS["openpgp"], command=command))
        said = sandbox.run_program("look", b"", 10)
    assert b"False" in said
    assert not any(folder in said for folder in (b"'etc'", b"'var'", b"'proc'", b"'sys'", b"'run'"))


def test_a_program_that_is_not_there_is_named_with_its_package() -> None:
    absent = programs.Program(
        purpose="a test", needs=(("no-such-program", "no-package"),), command=("no-such-program",)
    )
    programs.PROGRAMS["absent"] = absent
    try:
        assert sandbox.missing_programs("absent") == ("no-package",)
        with pytest.raises(sandbox.ProgramMissingError):
            sandbox.run_program("absent", b"", 1)
    finally:
        del programs.PROGRAMS["absent"]


def test_without_bubblewrap_nothing_is_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    sandbox.bubblewrap_fault.cache_clear()
    monkeypatch.setenv("PATH", str(tmp_path))
    try:
        assert sandbox.bubblewrap_fault() == "bubblewrap is not installed (Debian's package bubblewrap)"
    finally:
        monkeypatch.undo()
        sandbox.bubblewrap_fault.cache_clear()
    assert sandbox.bubblewrap_fault() is None


def test_every_program_that_we_name_is_here() -> None:
    assert {name: sandbox.missing_programs(name) for name in sandbox.PROGRAMS} == dict.fromkeys(sandbox.PROGRAMS, ())


def test_the_paths_that_a_worker_may_read_hold_no_store_and_no_home() -> None:
    assert all(not Path.cwd().is_relative_to(path) for path in lock._python_files())
