"""The only door to presidio-analyzer and spaCy: one file per family of recognisers.

`engine.py` puts them behind presidio's AnalyzerEngine with a registry of our own; nothing here opens
a socket, downloads a model or logs.
"""

from .lean_libraries import load_without_unused_parts

load_without_unused_parts()
