"""How much of one message is read: what a bomb may cost, and what is said when it is spent."""

from __future__ import annotations

from dataclasses import dataclass

from ..model import GapReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Limits on one message; beyond any of them the rest of the file is a gap, never a skip."""

    message_bytes: int = 300 * 2**20  # expanded from containers and compressed streams
    file_bytes: int = 100 * 2**20  # expanded of one file
    files: int = 2_000  # members of all archives and packages together
    depth: int = 10  # containers within one another
    pages: int = 1_000
    pictures: int = 20  # whose text is recognised, pages of scanned documents included
    pixels: int = 50_000_000  # of one picture
    cells: int = 2_000_000
    text_chars: int = 60_000_000  # of all passages together
    html_bytes: int = 20 * 2**20


class BudgetSpentError(Exception):
    """Reading stops here: `reason` and `detail` are those of the gap."""

    def __init__(self, detail: str, reason: GapReason = GapReason.TOO_LARGE) -> None:
        super().__init__(detail)
        self.detail = detail
        self.reason = reason


class Meter:
    """Counts what the message has cost so far; the one thing that readers share. Each method raises
    BudgetSpentError when its limit is passed."""

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self._bytes = self._files = self._pages = self._pictures = self._cells = self._chars = 0

    def expand(self, count: int) -> None:
        """`count` more octets came out of a container or a compressed stream."""
        self._bytes += count
        if self._bytes > self.budget.message_bytes:
            raise BudgetSpentError("expands to more than is read of one message")

    def room(self) -> int:
        """How many octets one file may still expand to."""
        return min(self.budget.file_bytes, self.budget.message_bytes - self._bytes)

    def file(self) -> None:
        self._files += 1
        if self._files > self.budget.files:
            raise BudgetSpentError("holds more files than are read of one message")

    def page(self) -> None:
        self._pages += 1
        if self._pages > self.budget.pages:
            raise BudgetSpentError("has more pages than are read of one message")

    def picture(self) -> None:
        self._pictures += 1
        if self._pictures > self.budget.pictures:
            raise BudgetSpentError("has more pictures and scanned pages than are read of one message")

    def cells(self, count: int) -> None:
        self._cells += count
        if self._cells > self.budget.cells:
            raise BudgetSpentError("has more cells than are read of one message")

    def text(self, count: int) -> None:
        self._chars += count
        if self._chars > self.budget.text_chars:
            raise BudgetSpentError("holds more text than is read of one message")
