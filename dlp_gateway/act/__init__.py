"""Verdicts become dispositions: deliver, hold, retry, report. `carry_out` is the entry."""
