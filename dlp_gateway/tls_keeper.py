"""Keeps what is learned of other domains' TLS: counts in the store, alarms to administrators, reports to domains."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import groupby

from .act.direct.deliver import DirectDelivery
from .act.direct.mail_dns import DnsTroubleError
from .act.direct.report import report_addresses
from .act.notices import NoticeWriter
from .act.tls_desk import TlsDesk
from .act.tls_notice import TlsTrouble
from .act.tls_report_desk import TlsReport, TlsReportDesk
from .config import Config
from .errors import StoreUnavailableError
from .log import fault
from .model import ReviewKey
from .secure_way import TlsCount
from .store import Store

_log = logging.getLogger("dlp_gateway.tls")

AGAIN = timedelta(minutes=10)
"""How long counts of a day, and domains that could not be asked for their addresses, are left alone."""


class TlsKeeper:
    """`wake_retries` lets what is queued go at once."""

    def __init__(
        self,
        *,
        config: Config,
        store: Store,
        direct: DirectDelivery,
        notices: NoticeWriter,
        wake_retries: Callable[[], None],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._store = store
        self._direct = direct
        self._desk = TlsDesk(config=config, store=store, notices=notices, wake_retries=wake_retries, clock=clock)
        self._report_desk = TlsReportDesk(
            config=config, store=store, notices=notices, wake_retries=wake_retries, clock=clock
        )
        self._reports = config.direct.reports
        self._clock = clock
        self._reported: date | None = None
        self._not_before = datetime.min.replace(tzinfo=UTC)
        self._alarmed: frozenset[ReviewKey] = frozenset()  # of the day that was looked at last

    async def start(self) -> None:
        """Policies that an earlier process kept count from the first message on."""
        self._direct.evidence.remember(await self._store.tls.policies())

    async def look(self) -> None:
        """Write down what was counted, and tell whoever is to be told. Called every few seconds."""
        try:
            taken = self._direct.tally.take()
            if taken:
                await self._store.tls.count(taken)
            if any(count.result for count in taken):
                await self._alarm()
            if self._reports:
                await self._report()
        except StoreUnavailableError:
            return  # mail is answered 451 for the same reason; the next look tries again
        except Exception as error:  # noqa: BLE001 - a bug here must not end the gateway
            fault(_log, "tls:look_failed", error)

    async def _alarm(self) -> None:
        today = self._clock().astimezone(UTC).date()
        counts = await self._store.tls.counts_of(today)
        troubles = troubles_of(counts)
        keys = frozenset(t.key for t in troubles)
        if keys <= self._alarmed:
            return
        told = await self._store.reviews.told()
        news = [t for t in troubles if t.key not in told]
        if await self._desk.tell(sorted(news, key=lambda t: t.domain)):
            self._alarmed = keys

    async def _report(self) -> None:
        now = self._clock().astimezone(UTC)
        day = now.date() - timedelta(days=1)
        if self._reported == day or now < self._not_before:
            return
        self._not_before = now + AGAIN
        told = await self._store.reviews.told()
        whole = True
        due: list[TlsReport] = []
        for domain, counts in groupby(await self._store.tls.counts_of(day), key=lambda count: count.domain):
            try:
                addresses = report_addresses(await self._direct.evidence.dns.texts(f"_smtp._tls.{domain}"))
            except DnsTroubleError:
                whole = False
                continue
            report = TlsReport(counts=tuple(counts), addresses=addresses)
            if addresses and report.key not in told:
                due.append(report)
        if await self._report_desk.tell(due) and whole:
            self._reported = day


def troubles_of(counts: Iterable[TlsCount]) -> list[TlsTrouble]:
    """The domains of one day's counts to which TLS failed and never went well; `counts` by domain."""
    troubles = []
    for domain, some in groupby(counts, key=lambda count: count.domain):
        theirs = list(some)
        if all(count.result for count in theirs):
            results = tuple(sorted({count.result for count in theirs}))
            troubles.append(TlsTrouble(domain=domain, day=theirs[0].day, results=results))
    return troubles
