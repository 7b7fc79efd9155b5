"""Pages of long lists: each names, as a text that means nothing to whoever asks, where the next one begins."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import Annotated, Any

from ninja.errors import HttpError
from pydantic import Field

MOST = 200
NO_PLACE = "after: is not what `next` of another page said"
Limit = Annotated[int, Field(ge=1, le=MOST, description="How many at most.")]
After = Annotated[
    str | None, Field(max_length=2000, description="`next` of the page before; left out for the first page.")
]
Next = Annotated[str | None, Field(description="What `after` is for the page behind; null where this is the last.")]


def cursor(*values: Any) -> str:
    """A place in a list."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


def moment(text: Any) -> datetime:
    """A time within a cursor. Raises HttpError of status 400."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        raise HttpError(400, NO_PLACE) from None


def place(text: str, size: int) -> list[Any]:
    """The values that `cursor` was given. Raises HttpError of status 400."""
    try:
        values = json.loads(base64.urlsafe_b64decode(text.encode()))
    except (ValueError, binascii.Error, RecursionError):
        values = None
    if not isinstance(values, list) or len(values) != size:
        raise HttpError(400, NO_PLACE)
    return values
