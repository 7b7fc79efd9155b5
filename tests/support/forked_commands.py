"""Loads the commands that tests run most, for processes that are forked from one that has."""

from __future__ import annotations

from dlp_gateway.cli import audit, doctor, exact_match, holds, keys, partners

__all__ = ["audit", "doctor", "exact_match", "holds", "keys", "partners"]
