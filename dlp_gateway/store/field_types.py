"""Types of the schema's columns, for type checkers alone: the stubs' fields are generic in what is set and what is got,
Django's own are not."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models.expressions import Combinable

Text = models.TextField[str, str]
MaybeText = models.TextField[str | None, str | None]
Char = models.CharField[str, str]
Number = models.IntegerField[int | Combinable, int]
BigKey = models.BigIntegerField[int, int]
BigNumber = models.BigIntegerField[int, int]
Flag = models.BooleanField[bool, bool]
MaybeFlag = models.BooleanField[bool | None, bool | None]
Moment = models.DateTimeField[datetime, datetime]
MaybeMoment = models.DateTimeField[datetime | None, datetime | None]
Octets = models.BinaryField[bytes, bytes]
JsonList = models.JSONField[list[str], list[str]]
