"""Names of people in running text: by grammar, by lists, by the language model."""

from .finder import NameFinder
from .match import NameKind, NameMatch

__all__ = ["NameFinder", "NameKind", "NameMatch"]
