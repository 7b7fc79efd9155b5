"""How much of one message is read: what a bomb may cost, and what is said when it is spent.

`docs/limits.md` lists the limits for administrators, with the reason for each figure.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..model import GapReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Limits on one message; beyond any of them the rest of the file is a gap, never a skip."""

    message_bytes: int = 300 * 2**20  # expanded from containers and compressed streams
    file_bytes: int = 100 * 2**20  # expanded of one file
    ratio: int = 500  # how many times its stored size a file may expand to, beyond `ratio_from_bytes`
    ratio_from_bytes: int = 10 * 2**20  # smaller files may be as repetitive as they like
    files: int = 2_000  # members of all archives and packages together
    depth: int = 10  # containers within one another
    pages: int = 1_000
    pictures: int = 20  # whose text is recognised, scanned pages included; a small one is a part of one
    pixels: int = 50_000_000  # of one picture
    cells: int = 2_000_000
    tags: int = 10_000_000  # of all XML; as many records of binary workbooks
    text_chars: int = 60_000_000  # of all passages together
    html_bytes: int = 20 * 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What a message has cost so far. A meter begins again from it in a process that takes over the reading."""

    expanded_bytes: int = 0
    files: int = 0
    pages: int = 0
    pictures: float = 0
    cells: int = 0
    text_chars: int = 0
    tags: int = 0


class BudgetSpentError(Exception):
    """Reading stops here: `reason` and `detail` are those of the gap."""

    def __init__(self, detail: str, reason: GapReason = GapReason.TOO_LARGE) -> None:
        super().__init__(detail)
        self.detail = detail
        self.reason = reason


class FileTooLargeError(BudgetSpentError):
    """One file expands beyond what is read of one file. Other files of the message may still be read."""


class Meter:
    """Counts what the message has cost so far; the one thing that readers share. Each method raises
    BudgetSpentError when its limit is passed."""

    def __init__(self, budget: Budget, spent: Spent = Spent()) -> None:  # frozen
        self.budget = budget
        self._count_from(spent)

    def _count_from(self, spent: Spent) -> None:
        self._bytes = spent.expanded_bytes
        self._files = spent.files
        self._pages = spent.pages
        self._pictures = spent.pictures
        self._cells = spent.cells
        self._chars = spent.text_chars
        self._tags = spent.tags

    @property
    def spent(self) -> Spent:
        """All counts as they stand now, whether within the budget or just beyond it."""
        return Spent(
            expanded_bytes=self._bytes,
            files=self._files,
            pages=self._pages,
            pictures=self._pictures,
            cells=self._cells,
            text_chars=self._chars,
            tags=self._tags,
        )

    def go_on_from(self, spent: Spent) -> None:
        """Another process has read a part of the message: these are the counts now."""
        self._count_from(spent)

    def expand(self, count: int) -> None:
        """`count` more octets came out of a container or a compressed stream."""
        self._bytes += count
        if self._bytes > self.budget.message_bytes:
            raise BudgetSpentError("expands to more than is read of one message")

    def room(self) -> int:
        """How many octets one file may still expand to; 0 or less where nothing is left."""
        return min(self.budget.file_bytes, self.budget.message_bytes - self._bytes)

    def file(self) -> None:
        self._files += 1
        if self._files > self.budget.files:
            raise BudgetSpentError("holds more files than are read of one message")

    def page(self) -> None:
        self._pages += 1
        if self._pages > self.budget.pages:
            raise BudgetSpentError("has more pages than are read of one message")

    def picture(self, share: float = 1.0) -> None:
        """One more picture is to be recognised; `share` is its size in pages, since that is what it costs."""
        self._pictures += share
        if self._pictures > self.budget.pictures:
            raise BudgetSpentError("has more pictures and scanned pages than are read of one message")

    def cells(self, count: int) -> None:
        self._cells += count
        if self._cells > self.budget.cells:
            raise BudgetSpentError("has more cells than are read of one message")

    def tags(self, count: int) -> None:
        """`count` more tags of XML, or records of a binary workbook, are about to be read."""
        self._tags += count
        if self._tags > self.budget.tags:
            raise BudgetSpentError("has more markup than is read of one message")

    def text(self, count: int) -> None:
        self._chars += count
        if self._chars > self.budget.text_chars:
            raise BudgetSpentError("holds more text than is read of one message")


class Expansion:
    """One file that comes out of a container or a compressed stream, counted while it comes: sizes that a
    container declares are never believed. `stored_bytes` is what it takes up there, None where unknown."""

    def __init__(self, meter: Meter, stored_bytes: int | None = None) -> None:
        budget = meter.budget
        self._meter = meter
        self._count = 0
        self._by_ratio = (
            max(budget.ratio_from_bytes, budget.ratio * stored_bytes) if stored_bytes is not None else budget.file_bytes
        )

    @property
    def room(self) -> int:
        """How many more octets are read of this file."""
        budget = self._meter.budget
        return max(0, min(min(self._by_ratio, budget.file_bytes) - self._count, self._meter.room()))

    def expect(self, count: int) -> None:
        """The container says that `count` octets will come out: raises as `add` would, but spends nothing."""
        if count > self.room:
            self._refuse(count)
            raise BudgetSpentError("expands to more than is read of one message")

    def add(self, count: int) -> None:
        """`count` more octets came out. Raises FileTooLargeError, or BudgetSpentError where the message has
        nothing left."""
        self._count += count
        self._meter.expand(count)
        self._refuse(self._count)

    def _refuse(self, count: int) -> None:
        if count > self._meter.budget.file_bytes:
            raise FileTooLargeError("a file that expands to more than is read")
        if count > self._by_ratio:
            raise FileTooLargeError("a file that expands so far as only bombs do")
