"""Whether an account number fits its sort code: modulus checking by a table of weights.

The method is published by Pay.UK ("Validating account numbers: UK modulus checking", Vocalink); its table of
weights may not be passed on with this program. An administrator who has it puts it into `rules/lexicons/`
(docs/recognisers.md); without it every account number fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_METHODS = frozenset({"MOD10", "MOD11", "DBLAL"})
_POSITIONS = 14  # six digits of the sort code (u to z), eight of the account number (a to h)
_A, _B, _C, _G, _H = 6, 7, 8, 12, 13
# Exceptions 2 and 8, 9: the weights and sort codes that the specification puts in place of the table's.
_INSTEAD = (0, 0, 1, 2, 5, 3, 6, 4, 8, 7, 10, 9, 3, 1)
_INSTEAD_G_9 = (0, 0, 0, 0, 0, 0, 0, 0, 8, 7, 10, 9, 3, 1)
_INSTEAD_OF_SORT_CODE = {8: "090126", 9: "309634"}
_EITHER = frozenset({2, 10, 12})  # of the first line: one of two checks is enough


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """One line of the table: sort codes from `first` to `last`, how they are checked, and the exception (0: none)."""

    first: str
    last: str
    method: str
    weights: tuple[int, ...]
    exception: int


class ModulusTable:
    """The weights by sort code, and the sort codes that stand for others (exception 5)."""

    def __init__(self, lines: tuple[Weights, ...], substitutes: Mapping[str, str]) -> None:
        self._lines = lines
        self._substitutes = substitutes

    def fits(self, sort_code: str, account: str) -> bool:
        """Whether an account number of eight digits can belong to a sort code of six; true where no line tells."""
        lines = [line for line in self._lines if line.first <= sort_code <= line.last][:2]
        digits = [int(d) for d in sort_code + account]
        if not lines or len(digits) != _POSITIONS:
            return True
        first = lines[0]
        if first.exception == 6 and 4 <= digits[_A] <= 8 and digits[_G] == digits[_H]:
            return True  # an account in a foreign currency
        passed = self._passes(first, sort_code, account)
        if len(lines) == 1:
            return passed or (first.exception == 14 and self._passes_shortened(first, sort_code, account))
        second = lines[1]
        if first.exception in _EITHER:
            return passed or self._passes(second, sort_code, account)
        if second.exception == 3 and digits[_C] in (6, 9):
            return passed
        return passed and self._passes(second, sort_code, account)

    def _passes_shortened(self, line: Weights, sort_code: str, account: str) -> bool:
        """Exception 14: the last digit may be one that was added."""
        return account[-1] in "019" and self._passes(line, sort_code, f"0{account[:-1]}")

    def _passes(self, line: Weights, sort_code: str, account: str) -> bool:
        if line.exception == 5:
            sort_code = self._substitutes.get(sort_code, sort_code)
        sort_code = _INSTEAD_OF_SORT_CODE.get(line.exception, sort_code)
        digits = [int(d) for d in sort_code + account]
        products = [d * w for d, w in zip(digits, _weights(line, digits), strict=True)]
        if line.method == "DBLAL":
            total = sum(sum(map(int, str(product))) for product in products) + (27 if line.exception == 1 else 0)
            remainder = total % 10
            return (10 - remainder) % 10 == digits[_H] if line.exception == 5 else remainder == 0
        remainder = sum(products) % (11 if line.method == "MOD11" else 10)
        if line.exception == 4:
            return remainder == 10 * digits[_G] + digits[_H]
        if line.exception == 5:
            return remainder != 1 and (11 - remainder) % 11 == digits[_G]
        return remainder == 0


def _weights(line: Weights, digits: list[int]) -> tuple[int, ...]:
    none_up_to_b = (0,) * (_B + 1) + line.weights[_B + 1 :]
    if line.exception == 2 and digits[_A] != 0:
        return _INSTEAD_G_9 if digits[_G] == 9 else _INSTEAD
    if line.exception == 7 and digits[_G] == 9:
        return none_up_to_b
    if line.exception == 10 and digits[_B] == 9 and digits[_A] in (0, 9) and digits[_G] == 9:
        return none_up_to_b
    return line.weights


def read_table(text: str, substitutes: str = "") -> ModulusTable:
    """The table as it is published: a line for each range of sort codes, its method, fourteen weights, an exception.
    `substitutes`: lines of two sort codes. Raises ValueError that says which line is wrong."""
    pairs = dict(_pairs(substitutes))
    return ModulusTable(tuple(_lines(text)), pairs)


def _lines(text: str) -> Iterator[Weights]:
    for number, line in enumerate(text.splitlines(), start=1):
        cells = line.split()
        if not cells:
            continue
        is_number = all(cell.lstrip("-").isdecimal() for cell in (*cells[:2], *cells[3:]))
        if len(cells) not in (3 + _POSITIONS, 4 + _POSITIONS) or cells[2] not in _METHODS or not is_number:
            raise ValueError(
                f"line {number} of the weights is none: two sort codes, MOD10, MOD11 or DBLAL, fourteen numbers, and "
                "perhaps one more belong there"
            )
        numbers = [int(cell) for cell in cells[3:]]
        yield Weights(
            first=cells[0],
            last=cells[1],
            method=cells[2],
            weights=tuple(numbers[:_POSITIONS]),
            exception=numbers[_POSITIONS] if len(numbers) > _POSITIONS else 0,
        )


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        cells = line.split()
        if not cells:
            continue
        if len(cells) != 2 or not all(len(cell) == 6 and cell.isdecimal() for cell in cells):
            raise ValueError(f"line {number} of the substitutes is none: two sort codes of six digits belong there")
        yield cells[0], cells[1]
