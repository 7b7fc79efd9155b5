"""What may stand in a log line, and what never does."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dlp_gateway.log import event, fault, place_of, start_logging

LOGGER = logging.getLogger("dlp_gateway.test")
SECRET = "NHS number 943 476 5919 of w.okafor@post.example"

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def start(logged_as_before: None, capsys: pytest.CaptureFixture[str]) -> Callable[[], Lines]:
    """Starts logging at `info`, in the test itself, whose standard error is another than that of its set-up.
    Answers a function that answers what was logged since its last call."""

    LOGGER.setLevel(logging.NOTSET)

    def start() -> Lines:
        start_logging("info")
        return lambda: [json.loads(line) for line in capsys.readouterr().err.splitlines()]

    return start


def failing(text: str) -> None:
    raise ValueError(text)


def caught(text: str = SECRET) -> BaseException:
    try:
        failing(text)
    except ValueError as error:
        return error
    raise AssertionError


def test_an_event_is_one_line_of_json_with_its_fields(start: Callable[[], Lines]) -> None:
    lines = start()
    event(LOGGER, "message:answered", message_id="M1", size_bytes=12, rules=["partner-category"])
    (line,) = lines()
    at = datetime.fromisoformat(line.pop("at"))
    assert at.tzinfo is not None
    assert abs((datetime.now(UTC) - at).total_seconds()) < 60
    assert line == {
        "level": "info",
        "event": "message:answered",
        "message_id": "M1",
        "size_bytes": 12,
        "rules": ["partner-category"],
    }


def test_a_field_can_not_break_the_line(start: Callable[[], Lines]) -> None:
    lines = start()
    event(LOGGER, "client:refused", helo='a\r\n{"level": "forged"}\u2028\x85')
    (line,) = lines()
    assert line["level"] == "info"
    assert line["helo"].startswith("a\r\n")


def test_less_than_the_level_is_not_logged(start: Callable[[], Lines]) -> None:
    lines = start()
    event(LOGGER, "detail", level=logging.DEBUG)
    event(LOGGER, "trouble", level=logging.WARNING)
    assert [line["event"] for line in lines()] == ["trouble"]


def test_the_text_of_an_exception_is_never_logged(start: Callable[[], Lines]) -> None:
    lines = start()
    error = caught()
    fault(LOGGER, "worker:failed", error, message_id="M1")
    LOGGER.error("worker:failed", exc_info=error)
    event(LOGGER, "worker:failed", why=error, path=Path("/srv"))
    logged = lines()
    assert len(logged) == 3
    assert SECRET not in json.dumps(logged)
    for line, field in zip(logged, ("error", "error", "why"), strict=True):
        assert line[field].startswith("ValueError at test_log.py:")


def test_a_fault_says_type_and_place_through_the_whole_chain_of_causes(start: Callable[[], Lines]) -> None:
    lines = start()
    try:
        try:
            failing(SECRET)
        except ValueError as error:
            raise KeyError(SECRET) from error
    except KeyError as error:
        fault(LOGGER, "store:failed", error)
    (line,) = lines()
    first, _, second = line["error"].partition(" from ")
    assert first.startswith("KeyError at test_log.py:")
    assert second.startswith("ValueError at test_log.py:")
    assert line["level"] == "error"


def test_an_exception_that_was_never_raised_has_only_a_type() -> None:
    assert place_of(ValueError(SECRET)) == "ValueError"


def test_loggers_of_libraries_stay_silent(start: Callable[[], Lines], capsys: pytest.CaptureFixture[str]) -> None:
    start()
    for name in ("mail.log", "presidio-analyzer", "django.request", "asyncio"):
        logging.getLogger(name).error(SECRET)
        logging.getLogger(name).debug(SECRET)
    logging.getLogger().critical(SECRET)
    shown = capsys.readouterr()
    assert shown.err + shown.out == ""


def test_starting_twice_does_not_log_twice(start: Callable[[], Lines]) -> None:
    lines = start()
    start_logging("info")
    event(LOGGER, "gateway:ready")
    assert len(lines()) == 1
