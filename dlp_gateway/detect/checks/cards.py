"""Payment cards."""

from __future__ import annotations

from .characters import digits_of, passes_luhn

# First and last prefix of a brand, and its lengths (ISO/IEC 7812; the brands' own numbering).
_BRANDS: tuple[tuple[str, str, frozenset[int]], ...] = (
    ("1800", "1800", frozenset({15})),  # JCB, before 1990
    ("2131", "2131", frozenset({15})),
    ("2221", "2720", frozenset({16})),  # Mastercard
    ("300", "305", frozenset({14, 16})),  # Diners Club
    ("309", "309", frozenset({14, 16})),
    ("34", "34", frozenset({15})),  # American Express
    ("35", "35", frozenset({16, 17, 18, 19})),  # JCB
    ("36", "36", frozenset({14, 15, 16, 17, 18, 19})),  # Diners Club
    ("37", "37", frozenset({15})),
    ("38", "39", frozenset({14, 16})),
    ("4", "4", frozenset({16, 19})),  # Visa; those of 13 digits ended long ago
    ("50", "50", frozenset(range(12, 20)) - {13}),  # Maestro; thirteen digits from 50 on are a barcode of this country
    ("51", "55", frozenset({16})),  # Mastercard
    ("56", "59", frozenset(range(12, 20))),  # Maestro
    ("6011", "6011", frozenset({16, 17, 18, 19})),  # Discover
    ("60", "61", frozenset(range(12, 20))),  # Maestro, RuPay
    ("62", "62", frozenset({16, 17, 18, 19})),  # UnionPay
    ("63", "69", frozenset(range(12, 20))),  # Maestro, Discover
)


def luhn(text: str) -> bool:
    """Payment card: a brand's prefix, a length that this brand has, Luhn's check digit (ISO/IEC 7812-1)."""
    digits = digits_of(text)
    if len(set(digits)) < 2 or not any(
        len(digits) in lengths and first <= digits[: len(first)] <= last for first, last, lengths in _BRANDS
    ):
        return False
    return passes_luhn(digits)
