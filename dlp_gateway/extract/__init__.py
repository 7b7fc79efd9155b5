"""Parts to passages: all text that a recipient could read, and gaps for what can't be read. Runs only in a worker."""

from .budget import Budget, Spent
from .source import Apart
from .walk import extract_text, read_one_file

__all__ = ["Apart", "Budget", "Spent", "extract_text", "read_one_file"]
