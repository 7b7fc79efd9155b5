"""Names of people in running text: by grammar, by lists, by the language model."""

from .old import NameFinder, NameKind, NameMatch, truecase

__all__ = ["NameFinder", "NameKind", "NameMatch", "truecase"]
