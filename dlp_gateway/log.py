"""Logging as JSON lines: one event a line, named like an audit verb, with fields and never a sentence.

What may stand in a field: our ids, counts, durations, names of rules, routes and exception types, a
next hop's reply code. What may not: addresses, subjects, found values, body lines, exception texts
(a library's exception text can quote the message). Exceptions are therefore logged as type and place.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

_ROOT = "dlp_gateway"


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        line.update(getattr(record, "fields", {}))
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = place_of(record.exc_info[1])
        return json.dumps(line, ensure_ascii=True, default=_without_text)


def _without_text(value: object) -> str:
    """A field that JSON does not know. An exception says its type and place here, too, never its text."""
    return place_of(value) if isinstance(value, BaseException) else str(value)


def start_logging(level: str) -> None:
    """Send our events to standard error as JSON lines. Other libraries' loggers stay silent: some
    of them (aiosmtpd, presidio) log lines of the message at debug level."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_JsonLines())
    ours = logging.getLogger(_ROOT)
    ours.handlers[:] = [handler]
    ours.setLevel(level.upper())
    ours.propagate = False
    logging.getLogger().handlers[:] = [logging.NullHandler()]


def event(logger: logging.Logger, name: str, *, level: int = logging.INFO, **fields: Any) -> None:
    """Log one event with its fields."""
    if logger.isEnabledFor(level):
        logger.log(level, name, extra={"fields": fields})


def fault(logger: logging.Logger, name: str, error: BaseException, **fields: Any) -> None:
    """Log one fault as the exception's type and place, never its text."""
    logger.error(name, extra={"fields": {**fields, "error": place_of(error)}})


def place_of(error: BaseException) -> str:
    """An exception as "Type at file:line", followed by its cause: no text of it."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else ""
    cause = f" from {place_of(error.__cause__)}" if error.__cause__ else ""
    return f"{type(error).__name__}{where}{cause}"
