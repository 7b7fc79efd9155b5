"""How well personal data is found, beside stock presidio-analyzer: `python -m bench.accuracy --help`."""
