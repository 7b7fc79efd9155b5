"""Sends the reports on TLS that other domains ask for (RFC 8460), once for each day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ..model import Message, ReviewKey
from ..secure_way import TlsCount
from ..store import PreparedDelivery, Subject
from .direct.report import Reporter, report_mail
from .due_desk import DueDesk


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsReport:
    """`counts` are all of one domain and day; it is sent to `addresses`, which the domain names."""

    counts: tuple[TlsCount, ...]
    addresses: tuple[str, ...]

    @property
    def domain(self) -> str:
        return self.counts[0].domain

    @property
    def day(self) -> date:
        return self.counts[0].day

    @property
    def key(self) -> ReviewKey:
        return f"tls-report:{self.domain}", self.day, "sent"

    @property
    def is_news(self) -> bool:
        return True


class TlsReportDesk(DueDesk[TlsReport]):
    about = Subject.TLS_REPORTS

    def _owners(self, due: TlsReport) -> tuple[str, ...]:
        return due.addresses

    def _letters(self, due: Sequence[TlsReport]) -> dict[str, list[TlsReport]]:
        """The addresses are other people's, by their own wish."""
        letters: dict[str, list[TlsReport]] = {}
        for one in due:
            for to in one.addresses:
                letters.setdefault(to, []).append(one)
        return letters

    async def _mail(self, _message: Message, to: str, theirs: Sequence[TlsReport]) -> tuple[PreparedDelivery, ...]:
        reporter = Reporter(
            organisation=self._config.council.name,
            contact=self._config.notices.from_address,
            submitter=self._config.hostname,
        )
        prepared: list[PreparedDelivery] = []
        for report in theirs:
            octets = report_mail(report.counts, reporter, [to], self._clock())
            prepared += await self._notices.ready_made(octets, to)
        return tuple(prepared)
