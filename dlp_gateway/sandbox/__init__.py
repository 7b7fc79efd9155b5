"""What a process may still do once it has locked itself down: the one door to system-call filters, Landlock,
resource limits and programs of other makers. Linux only; knows no mail.

    worker    sees one message after another: one socket, reads Python's own files, nothing else      lock_down
    reader    sees one message, then ends: one socket, no file, no process, no clock but its own      lock_down_reader
    program   sees one file: own namespaces, /usr to read, nothing to write but its memory            run_program
"""

from .errors import ProgramFailedError, ProgramLateError, ProgramMissingError, WeakSandboxError
from .landlock import landlock_version
from .lock import OUT_OF_MEMORY_EXIT, end_with_parent, lock_down, lock_down_reader
from .programs import PROGRAMS, bubblewrap_fault, missing_programs, run_program, run_program_over
from .self_test import escapes
from .system_calls import prepare_filters

__all__ = [
    "OUT_OF_MEMORY_EXIT",
    "PROGRAMS",
    "ProgramFailedError",
    "ProgramLateError",
    "ProgramMissingError",
    "WeakSandboxError",
    "bubblewrap_fault",
    "end_with_parent",
    "escapes",
    "landlock_version",
    "lock_down",
    "lock_down_reader",
    "missing_programs",
    "prepare_filters",
    "run_program",
    "run_program_over",
]
