"""What can be wrong with a sandbox, as its users need to tell it apart. The texts are ours and fixed."""

from __future__ import annotations


class WeakSandboxError(OSError):
    """This machine lacks a wall of the sandbox; the text says which."""


class ProgramMissingError(Exception):
    """The program, or the sandbox to run it in, is not on this machine."""


class ProgramLateError(Exception):
    """The program passed its time and was ended."""


class ProgramFailedError(Exception):
    """The program ended with an error, or said more than is taken from it."""
