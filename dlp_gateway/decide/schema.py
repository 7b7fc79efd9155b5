"""The JSON Schema of the language of `rules/policy.yaml` (draft 2020-12), for editors: `docs/policy.schema.json`.

It says which words and shapes there are. What only the whole of the rules can say (groups that exist, rules that never
apply, examples that hold) `check-config` says.
"""

from __future__ import annotations

import json
from typing import Any

from .policy import Policy

_DRAFT = "https://json-schema.org/draft/2020-12/schema"


def policy_schema() -> dict[str, Any]:
    """The schema as plain values."""
    schema = Policy.model_json_schema(by_alias=True)
    return {"$schema": _DRAFT, "title": "rules/policy.yaml"} | {k: v for k, v in schema.items() if k != "title"}


def schema_text() -> str:
    """The file."""
    return json.dumps(policy_schema(), indent=1, ensure_ascii=False) + "\n"
