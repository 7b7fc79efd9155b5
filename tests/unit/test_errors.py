"""The errors raised on purpose, and what becomes of each kind."""

from __future__ import annotations

import inspect

import pytest

from dlp_gateway import errors
from dlp_gateway.errors import (
    ConfigError,
    Fault,
    GatewayError,
    MessageRefusedError,
    NextHopDeferredError,
    TemporaryError,
)

TEMPORARY = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, TemporaryError)]


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Fault(file="policy.yaml", line=3, column=5, text="is wrong"), "policy.yaml:3:5: is wrong"),
        (Fault(file="policy.yaml", line=3, text="is wrong"), "policy.yaml:3: is wrong"),
        (Fault(file="policy.yaml", text="is wrong"), "policy.yaml: is wrong"),
    ],
)
def test_a_fault_reads_as_editors_and_compilers_write_it(fault: Fault, text: str) -> None:
    assert str(fault) == text


def test_a_config_error_carries_every_fault_one_a_line() -> None:
    faults = [Fault(file="a.yaml", line=1, text="x"), Fault(file="b.yaml", text="y")]
    error = ConfigError(faults)
    assert error.faults == faults
    assert str(error).splitlines() == ["a.yaml:1: x", "b.yaml: y"]


@pytest.mark.parametrize("kind", TEMPORARY, ids=lambda kind: kind.__name__)
def test_every_temporary_error_has_an_enhanced_code_of_class_four(kind: type[TemporaryError]) -> None:
    assert kind.enhanced_code.startswith("4.")


def test_a_refused_message_has_a_permanent_code() -> None:
    refused = MessageRefusedError("too many hops", enhanced_code="5.4.6")
    assert (refused.code, refused.enhanced_code) == (554, "5.4.6")
    assert MessageRefusedError("bare LF").enhanced_code == "5.6.0"


def test_a_deferral_keeps_the_next_hops_own_words_out_of_its_text() -> None:
    error = NextHopDeferredError("450 4.2.0 mailbox of w.okafor is full")
    assert error.reply_line.startswith("450 4.2.0")
    assert "okafor" not in str(error)


def test_the_three_kinds_exclude_one_another() -> None:
    assert not issubclass(ConfigError, TemporaryError)
    assert not issubclass(MessageRefusedError, TemporaryError)
    assert all(issubclass(kind, GatewayError) for kind in (ConfigError, MessageRefusedError, TemporaryError))
