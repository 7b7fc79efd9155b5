"""What a keeper is told once, and the kinds of frames between worker, keeper and reader."""

from __future__ import annotations

from dataclasses import dataclass

# worker -> keeper -> reader
JOB = b"J"  # length of the JSON (4 octets), JSON, octets of the file
# worker -> keeper
MESSAGE_ENDS = b"E"  # the reader that saw this message ends
# reader -> keeper -> worker
PASSAGE, GAP, ATTACHMENT = b"T", b"G", b"A"  # one value of the model as JSON
BEGUN = b"S"  # JSON: number of the file that is read from now on, and what the message has cost so far
DONE = b"D"  # JSON: what the message has cost so far
# reader -> keeper -> reader
PROGRAM = b"P"  # name of a program, NUL, octets; the answer is one of the following
OUTPUT, FAILED = b"O", b"F"  # what it wrote; or one word: missing, late, failed
# keeper -> worker
ENDED = b"X"  # the reader is gone; one of the words below

LATE, DIED, MEMORY, OVER = b"late", b"died", b"memory", b"over"
"""Why: the file took too long; it died; it wanted too much memory; the message's time is used up."""

MAX_FRAME_BYTES = 512 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingSettings:
    """Limits on readers, and whether they may lack a wall of the sandbox."""

    memory_bytes: int = 1536 * 2**20
    file_seconds: float = 10.0  # for one file, time in programs left out
    message_seconds: float = 20.0  # for all files of one message, programs included
    weak: bool = False
