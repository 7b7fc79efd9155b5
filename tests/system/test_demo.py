"""The demonstration as a person starts it: real processes, SMTP, every sample, the printed table."""

from __future__ import annotations

import subprocess
import sys


def test_every_sample_mail_becomes_what_is_expected_of_it() -> None:
    command = [sys.executable, "-m", "dlp_gateway", "demo", "--once", "--port", "0"]
    result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr
    assert "Every outcome is the expected one." in result.stdout
    assert result.stderr == ""
