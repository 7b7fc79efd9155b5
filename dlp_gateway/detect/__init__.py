"""Passages to findings: pure but for the language model, which is loaded once and read only.

`detector.py` is the entry. A text is read in its canonical form (`normalise.py`), searched by pattern
rules (`pattern.py`, judged by `checks.py` and `context.py`), names (`names.py`) and terms (`lexicon.py`);
what is not to be counted is marked (`exempt.py`), and what stands together becomes an individual
(`people.py`).
"""

from .detector import Detector

__all__ = ["Detector"]
