"""`partners check`: which hosts take mail for partners' domains, by DNS, and whether that has changed."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stdout
from datetime import date
from typing import Any

from ..act.mail_hosts import MailHosts, mail_hosts
from ..config import Config
from ..decide import registry
from ..decide.misdirection import registered
from ..decide.partners import PartnerEntry
from ..rule_changes import checked, in_force, today
from ..store import Store
from .partner_changes import change
from .settings import check_reason

_AT_ONCE = 8


def check(options: argparse.Namespace, config: Config, store: Store) -> int:
    """Answers 1 where a domain takes no mail, where nothing could be learned, or where other hosts take it than the
    evidence on the entry says."""
    if options.record:
        check_reason(options.reason)
    rules = in_force(config, store)
    day = today(config)
    chosen = [rules.entry(options.id)] if options.id else [entry for entry in rules.entries if entry.works_on(day)]
    domains = [domain for entry in chosen for domain in entry.domains]
    good, after = True, rules.entries
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        answers = threads.map(mail_hosts, domains)
        for entry in chosen:
            found = [next(answers) for _ in entry.domains]
            good = _show(entry, found, as_json=options.json) and good
            after = registry.with_entry(after, _with_evidence(entry, found, day))
    if options.record:
        with redirect_stdout(sys.stderr if options.json else sys.stdout):  # only objects stand between JSON lines
            change(options.reason, config, store, rules, after)
    return 0 if good else 1


def _show(entry: PartnerEntry, found: Sequence[MailHosts], *, as_json: bool) -> bool:
    """Print a line for each domain; answers whether all is well."""
    moved = _moved(entry, found)
    for one in found:
        if as_json:
            print(json.dumps(_as_json(entry, one, moved=moved), ensure_ascii=False))
        else:
            told = f"{', '.join(one.hosts)} (hosted at {', '.join(_hosted(one.hosts))})" if one.hosts else one.fault
            print(f"{entry.id}: {one.domain}: {told}")
    known = entry.mail_evidence
    if moved and known is not None and not as_json:
        print(f"{entry.id}: on {known.last_checked} it was {', '.join(known.hosts) or 'nobody'}; ask the partner why")
    if not found and not as_json:
        print(f"{entry.id}: names exact addresses only; nothing to look up")
    return not moved and all(one.hosts for one in found)


def _as_json(entry: PartnerEntry, one: MailHosts, *, moved: bool) -> dict[str, Any]:
    known = entry.mail_evidence
    return {
        "id": entry.id,
        "domain": one.domain,
        "hosts": list(one.hosts),
        "hosted_at": _hosted(one.hosts),
        "fault": one.fault or None,
        "moved": moved,
        "last_checked": known.last_checked.isoformat() if known is not None else None,
    }


def _moved(entry: PartnerEntry, found: Sequence[MailHosts]) -> bool:
    """Whether other hosts take the entry's mail than when it was last looked up. A look-up that failed says nothing."""
    known = entry.mail_evidence
    return known is not None and all(one.known for one in found) and set(known.hosts) != set(_hosts(found))


def _with_evidence(entry: PartnerEntry, found: Sequence[MailHosts], day: date) -> PartnerEntry:
    """What was learned, on the entry; the old evidence stays where nothing was."""
    if not found or not all(one.known for one in found):
        return entry
    evidence = {"last_checked": day.isoformat(), "hosts": _hosts(found)}
    return checked(registry.changed(entry, {"mail_evidence": evidence}))


def _hosts(found: Sequence[MailHosts]) -> list[str]:
    return list(dict.fromkeys(host for one in found for host in one.hosts))


def _hosted(hosts: Sequence[str]) -> list[str]:
    """The domains of those who run the hosts: outlook.com of acme-co-uk.mail.protection.outlook.com."""
    return list(dict.fromkeys(".".join(part for part in registered(host) if part) for host in hosts))
