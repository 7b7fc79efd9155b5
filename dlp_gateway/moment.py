"""A point of time as values and rule files carry it."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Annotated

from pydantic import AfterValidator


def _with_standard_zone(moment: datetime) -> datetime:
    offset = moment.utcoffset()
    return moment if offset is None else moment.replace(tzinfo=timezone(offset))


Moment = Annotated[datetime, AfterValidator(_with_standard_zone)]
"""What pydantic has read keeps no zone object of pydantic's own: a process that ends while one of those is still known
may crash (pydantic issue 12867; a console did, after it had stopped well)."""
