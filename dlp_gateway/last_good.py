"""The rules to start by where the store holds a version that can't be read: one of another release, or one that
somebody wrote there by hand. The version before it was in force once, so mail goes on under it, and all are told."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from .decide import Rulebook, load_rulebook
from .errors import ConfigError, Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class LastGood:
    """`faults` are those of the newer versions that were passed over; none where the newest are good."""

    texts: Mapping[str, str]
    rulebook: Rulebook
    faults: tuple[Fault, ...] = ()

    @property
    def files(self) -> int:
        """How many files are not as their newest version says."""
        return len({fault.file for fault in self.faults})


def last_good(newest: Mapping[str, str], earlier: Callable[[str], Sequence[str]]) -> LastGood:
    """The newest texts that hold together. `earlier` tells a file's versions, the newest first.

    Raises ConfigError, with the faults of the newest, where an earlier version does not mend them.
    """
    texts, faults = dict(newest), list[Fault]()
    left: dict[str, list[str]] = {}
    while True:
        try:
            return LastGood(texts=texts, rulebook=load_rulebook(texts), faults=tuple(faults))
        except ConfigError as error:
            faults += [fault for fault in error.faults if fault not in faults]
            broken = {fault.file for fault in error.faults if fault.file in texts}
            for name in broken:
                left.setdefault(name, list(earlier(name))[1:])
            stepped = {name: left[name].pop(0) for name in broken if left[name]}
            if not stepped:
                raise ConfigError(faults) from None
            texts |= stepped
