"""One entry through the versions of the registry."""

from __future__ import annotations

import pytest

from dlp_gateway.decide import registry
from dlp_gateway.decide.partners import PartnerEntry
from dlp_gateway.errors import ConfigError

FIELDS = {"domains": ["a.example"], "basis": "statutory", "owner": "jo@council.example", "may_receive": ["name"]}


def entry(id_: str, **values: object) -> PartnerEntry:
    dates = {"valid_from": "2026-01-01", "review_by": "2030-01-01"}
    return PartnerEntry.model_validate({"id": id_, "organisation": id_} | FIELDS | dates | values)


def text(*entries: PartnerEntry) -> str:
    return registry.text_of(entries)


def test_one_entry_is_found_in_a_text_of_ours() -> None:
    both = text(entry("a"), entry("a-b", notes="id: a\n  - id: a"))
    for id_ in ("a", "a-b"):
        found = registry.entry_in(both, id_)
        assert found is not None
        assert found.id == id_
    assert registry.entry_in(both, "b") is None


@pytest.mark.parametrize(
    "written",
    [
        "# by hand\npartners:\n  - id: a # the first\n{0}",
        "partners:\n- organisation: A\n  id: a\n{0}",
        "partners:\n  - id: 'a'\n    # a word\n{0}",
        "x: &x [name]\npartners:\n  - id: a\n{0}",
    ],
)
def test_one_entry_is_found_however_it_was_written(written: str) -> None:
    indent = "  " if "- organisation" in written else "    "
    more = "domains: [a.example]; basis: statutory; owner: jo@council.example; may_receive: [name]; organisation: A"
    fields = [*more.split("; "), "valid_from: 2026-01-01", "review_by: 2030-01-01"]
    kept = [line for line in fields if not (line.startswith("organisation") and "organisation" in written)]
    whole = written.format("".join(f"{indent}{line}\n" for line in kept))
    if whole.startswith("x:"):
        with pytest.raises(ConfigError):
            registry.entry_in(whole, "b")
        return
    found = registry.entry_in(whole, "a")
    assert found is not None
    assert found.organisation == "A"


def test_a_history_names_the_versions_that_changed_the_entry_and_how() -> None:
    texts = [
        text(entry("a"), entry("b")),
        text(entry("a"), entry("b", notes="x")),
        "partners: [",
        text(entry("a", notes="y"), entry("b", notes="x")),
        text(entry("b", notes="x")),
        text(entry("a", notes="y")),
    ]
    newest_first = list(reversed(list(enumerate(texts, 1))))
    steps = registry.history_of(newest_first, lambda version: version[1], "a")
    assert [(step.version[0], step.difference.kind.value) for step in steps] == [
        (6, "added"),
        (5, "removed"),
        (4, "edited"),
        (1, "added"),
    ]
    assert steps[2].difference.fields == (("notes", None, "y"),)
