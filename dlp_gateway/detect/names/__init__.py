"""Names of people in running text: by grammar, by lists, by the language model."""

from .again import words_of
from .finder import NameFinder
from .match import NameKind, NameMatch

__all__ = ["NameFinder", "NameKind", "NameMatch", "words_of"]
