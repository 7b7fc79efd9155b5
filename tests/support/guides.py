"""What the guides tell the reader to write into which file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parents[2] / "docs/guides"
_BLOCK = re.compile(r"^```\w*\n# ([^\n]+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def files_of(guide: str, changed: dict[str, str] | None = None) -> dict[str, str]:
    """The guide's blocks by their first line, such as "/etc/postfix/main.cf". `changed`: what stands in for a port or a
    folder on the machine that runs the test; each must be there."""
    text = (FOLDER / f"{guide}.md").read_text(encoding="utf-8")
    blocks = {name.partition(",")[0]: body for name, body in _BLOCK.findall(text)}
    for old, new in (changed or {}).items():
        assert any(old in body for body in blocks.values()), f"{guide} does not say {old}"
        blocks = {name: body.replace(old, new) for name, body in blocks.items()}
    return blocks


def gateway_settings(blocks: dict[str, str]) -> dict[str, Any]:
    """The gateway's configuration of the guide, without a listener for health, whose port another test may have."""
    settings: dict[str, Any] = yaml.safe_load(blocks["/etc/dlp-gateway/config.yaml"])
    settings["listeners"]["health"] = {"enabled": False}
    return settings


def main_cf(text: str) -> dict[str, str]:
    """Settings of a main.cf by name."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return {name: value for name, _, value in (line.partition(" = ") for line in lines)}
