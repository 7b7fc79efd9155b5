"""The little that the values can do themselves."""

from __future__ import annotations

import dataclasses
import inspect

import pytest

from dlp_gateway import model
from dlp_gateway.client_watch import ClientWatch
from dlp_gateway.model import HIGH, PERSONAL, Action, Category, Envelope, Message, RecipientParams, Reply

A, B, C = "a@supplier.example", "b@hospital.example", "c@webmail.example"
PARAMS = tuple(RecipientParams(notify="FAILURE", orcpt=f"rfc822;{r}") for r in (A, B, C))
ENVELOPE = Envelope(reverse_path="o@council.example", recipients=(A, B, C), recipient_params=PARAMS, helo="mx")
AUTHOR = "Jo.Evans@Council.example"

VALUES = [kind for _, kind in inspect.getmembers(model, dataclasses.is_dataclass)]


def vouching(reverse_path: str | None, *, vouches: bool = True) -> Envelope:
    return Envelope(reverse_path=reverse_path, recipients=(A,), vouches_for_sender=vouches)


def test_params_of_a_recipient_are_its_own() -> None:
    assert ENVELOPE.params_of(B) == PARAMS[1]


def test_where_nobody_gave_params_they_are_empty() -> None:
    assert Envelope(reverse_path=None, recipients=(A,)).params_of(A) == RecipientParams()


def test_an_envelope_of_only_some_keeps_their_params_and_all_else() -> None:
    some = ENVELOPE.only((C, A))
    assert some.recipients == (C, A)
    assert some.recipient_params == (PARAMS[2], PARAMS[0])
    assert some.params_of(A) == PARAMS[0]
    assert dataclasses.replace(some, recipients=ENVELOPE.recipients, recipient_params=PARAMS) == ENVELOPE


def test_only_some_of_an_envelope_without_params_has_none() -> None:
    assert Envelope(reverse_path=None, recipients=(A, B)).only((B,)).recipient_params == ()


def test_there_is_proof_of_an_author_when_the_client_vouches_and_the_reverse_path_is_the_authors() -> None:
    assert vouching(AUTHOR).vouches_for(AUTHOR.lower())
    assert vouching(AUTHOR.lower()).vouches_for(AUTHOR)


@pytest.mark.parametrize(
    ("envelope", "author"),
    [
        (vouching(AUTHOR, vouches=False), AUTHOR),
        (vouching("somebody.else@council.example"), AUTHOR),
        (vouching(None), AUTHOR),
        (vouching(AUTHOR), None),
        (vouching(None), None),
    ],
)
def test_without_either_there_is_no_proof(envelope: Envelope, author: str | None) -> None:
    assert not envelope.vouches_for(author)


def test_actions_are_ordered_from_lax_to_strict() -> None:
    assert sorted(Action) == [Action.RELAY, Action.ENCRYPT, Action.HOLD, Action.REJECT]
    assert [action.word for action in sorted(Action)] == ["relay", "encrypt", "hold", "reject"]


def test_credentials_and_markings_are_not_personal_data_and_high_is_part_of_it() -> None:
    assert set(Category) - PERSONAL == {Category.CREDENTIALS, Category.MARKED}
    assert HIGH < PERSONAL


@pytest.mark.parametrize("kind", VALUES, ids=lambda kind: kind.__name__)
def test_every_value_is_frozen_keyword_only_and_has_slots(kind: type) -> None:
    assert kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert all(field.kw_only for field in dataclasses.fields(kind))
    assert not hasattr(object.__new__(kind), "__dict__")


def test_the_text_of_a_message_never_shows_in_a_log_of_it() -> None:
    message = Message(id="M1", envelope=ENVELOPE, octets=b"NHS 9434765919", received_at=None)  # type: ignore[arg-type]
    assert "9434765919" not in repr(message)
    assert message.size_bytes == 14


def test_a_reply_reads_as_on_the_wire() -> None:
    assert str(Reply(code=550, enhanced_code="5.7.1", text="refused [M1]")) == "550 5.7.1 refused [M1]"


def test_a_client_that_nobody_watches_never_leaves() -> None:
    watch = ClientWatch()
    assert (watch.gone, watch.seconds_left) == (False, float("inf"))
