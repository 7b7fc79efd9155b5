"""Parts to passages: all text that a recipient could read, and gaps for what can't be read. Runs only in a worker."""

from .budget import Budget
from .walk import extract_text

__all__ = ["Budget", "extract_text"]
