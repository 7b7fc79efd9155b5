"""Loads what processes need that are forked from one that has: commands, the gateway, and what a nursery loads."""

from __future__ import annotations

import gc

from dlp_gateway import app, pool_worker
from dlp_gateway.cli import audit, doctor, exact_match, holds, keys, partners, serve
from dlp_gateway.exact_index import open_records
from dlp_gateway.reading.keeper import Keeper
from tests.support import forked_service, shipped_rules

__all__ = [
    "Keeper",
    "app",
    "audit",
    "doctor",
    "exact_match",
    "forked_service",
    "holds",
    "keys",
    "open_records",
    "partners",
    "pool_worker",
    "serve",
]

shipped_rules.ruleset()
gc.collect()
gc.freeze()  # else the first collection in each process would copy every page
