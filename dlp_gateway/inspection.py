"""The work of a worker: parse, extract and detect as one function, and the edits of a delivery.

Runs in a worker process only (`pool.py`); an administrator's own look at his mail (`inspect --text`) and
tests may call it directly.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from .change import (
    TAKE_AWAY,
    USUAL,
    Changed,
    DisclaimerText,
    Manner,
    add_disclaimer,
    disclaimer_texts,
    nothing_else_changed,
    nothing_else_gone,
    take_away,
)
from .detect.detector import Detector
from .detect.records.index_table import NOTHING_REGISTERED, CouncilRecords
from .errors import ConfigError
from .extract import Apart, extract_text
from .model import Extraction, GapReason, Inspection, ParsedMessage, Question
from .parse import display_names, parse_message, read_controls, split_message, views, with_second_opinions
from .yaml_file import load_document

EDIT_FAILED = "the edit would have changed other parts"
NO_SUCH_CHANGE = "there is no such change"


class Inspector:
    """Rules loaded and ready; one message at a time.

    `texts` are the files of the rules folder by name; `names`: load the language model; `council` is the
    name that stands in disclaimers; `records`: what the council has registered, open. Raises ConfigError with
    every fault of recognisers, lexicons and disclaimers.
    """

    def __init__(
        self,
        texts: Mapping[str, str],
        *,
        names: bool,
        fingerprint_key: bytes,
        council: str = "the council",
        records: CouncilRecords = NOTHING_REGISTERED,
    ) -> None:
        faults = []
        self._apart: Apart | None = None
        self._looked_in = tuple(f"{name} {table.version}" for name, table in records.indexes.items())
        self._disclaimers: Mapping[str, DisclaimerText] = {}
        try:
            self._disclaimers = disclaimer_texts(texts, council)
        except ConfigError as error:
            faults += error.faults
        try:
            self._wanted_headers = _wanted_headers(texts)
            self._detector = Detector(texts, names=names, fingerprint_key=fingerprint_key, records=records)
        except ConfigError as error:
            faults += error.faults
        if faults:
            raise ConfigError(faults)

    def read_apart_with(self, apart: Apart) -> None:
        """From now on, what a library reads is read by `apart`; without it, here."""
        self._apart = apart

    @property
    def version(self) -> str:
        """Version of the recognisers and lexicons."""
        return self._detector.version

    def inspect(self, octets: bytes, question: Question) -> Inspection:
        """All that can be learned of a message for that question; `seconds` stays 0. What could not be
        seen is a gap, of whatever stage."""
        parsed = parse_message(octets)
        extraction = self._extract(parsed)
        controls = read_controls(parsed, self._wanted_headers)
        detection = self._detector.detect(extraction.passages, controls, question, display_names(parsed))
        return Inspection(
            question=question,
            findings=detection.findings,
            gaps=tuple(dict.fromkeys((*parsed.gaps, *extraction.gaps, *detection.gaps))),
            markings=detection.markings,
            controls=replace(controls, salutation_mismatch=detection.salutation_mismatch),
            attachments=extraction.attachments,
            individuals=detection.individuals,
            ruleset=self.version,
            names_asked=detection.names_asked,
            documents=detection.documents,
            looked_in=self._looked_in,
        )

    def passages(self, octets: bytes) -> Extraction:
        """The text that `inspect` sees, in clear, with the gaps of parsing and reading."""
        parsed = parse_message(octets)
        extraction = self._extract(parsed)
        return replace(extraction, gaps=tuple(dict.fromkeys((*parsed.gaps, *extraction.gaps))))

    def change(self, octets: bytes, changes: tuple[str, ...], manner: Manner = USUAL) -> Changed:
        """The message after the changes of a delivery (`make_changes`)."""
        return make_changes(octets, changes, self._disclaimers, manner)

    def _extract(self, parsed: ParsedMessage) -> Extraction:
        try:
            return extract_text(parsed, parse_message, views, apart=self._apart)
        finally:
            if self._apart is not None:
                self._apart.end()


def make_changes(
    octets: bytes, changes: tuple[str, ...], disclaimers: Mapping[str, DisclaimerText], manner: Manner = USUAL
) -> Changed:
    """The message after the changes of a delivery, in their order. One that can't be made without touching
    anything else is left out, with a note. `edited` are paths of parts that any of them edited."""
    notes: list[str] = []
    edited: list[str] = []
    for change in changes:
        if change.startswith(TAKE_AWAY):
            taken = _without(octets, change.removeprefix(TAKE_AWAY), manner)
            octets = taken.octets
            notes += taken.notes
            edited += taken.edited
            continue
        text = disclaimers.get(change)
        if text is None:
            notes.append(NO_SUCH_CHANGE)
            continue
        before = split_message(octets)
        seen = with_second_opinions(octets, before)
        ambiguous = any(gap.reason is GapReason.AMBIGUOUS for gap in seen.gaps)
        changed = add_disclaimer(octets, before.root, text, manner, ambiguous=ambiguous)
        notes += changed.notes
        if changed.octets == octets:
            continue
        if nothing_else_changed(before, octets, split_message(changed.octets), changed):
            octets = changed.octets
            edited += changed.edited
        else:
            notes.append(EDIT_FAILED)
    return Changed(octets=octets, notes=tuple(dict.fromkeys(notes)), edited=tuple(dict.fromkeys(edited)))


def _without(octets: bytes, path: str, manner: Manner) -> Changed:
    before = split_message(octets)
    ambiguous = any(gap.reason is GapReason.AMBIGUOUS for gap in with_second_opinions(octets, before).gaps)
    changed = take_away(octets, before, path, manner, ambiguous=ambiguous)
    if changed.notes or nothing_else_gone(before, split_message(changed.octets), path):
        return changed
    return Changed(octets=octets, notes=(EDIT_FAILED,))


def _wanted_headers(texts: Mapping[str, str]) -> tuple[str, ...]:
    """The header fields that sender groups ask for. `decide` checks that file; other forms are skipped here."""
    value: Any = load_document(texts.get("senders.yaml", ""), "senders.yaml").value
    groups = value.get("groups") if isinstance(value, dict) else None
    members = groups.values() if isinstance(groups, dict) else ()
    wanted = [group.get("trusted_header") for group in members if isinstance(group, dict)]
    return tuple(dict.fromkeys(header for header in wanted if isinstance(header, str)))
