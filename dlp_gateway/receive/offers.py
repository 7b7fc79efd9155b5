"""What we offer in our reply to EHLO: what we can carry, and the next hop takes. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Offers:
    """What the next hop of ordinary mail last said that it takes. `size_bytes`: its largest message (RFC 1870), None
    where it named none. `require_tls`: REQUIRETLS (RFC 8689), offered under TLS whose other end is proven."""

    eight_bit: bool = True
    utf8: bool = True
    size_bytes: int | None = None
    require_tls: bool = False

    def most_bytes(self, ours: int) -> int:
        """The largest message that both take; `ours` is our own limit."""
        return ours if self.size_bytes is None else min(ours, self.size_bytes)

    def keywords(self, ours: int, *, tls: bool) -> list[str]:
        """The keywords that depend on it. Wishes for reports (RFC 3461) don't: where the next hop knows none, we carry
        them out ourselves."""
        words = ["PIPELINING", f"SIZE {self.most_bytes(ours)}"]
        words += ["8BITMIME"] * self.eight_bit + ["SMTPUTF8"] * self.utf8
        words += ["ENHANCEDSTATUSCODES", "DSN"]
        return words + ["REQUIRETLS"] * (self.require_tls and tls)  # RFC 8689, 2: never in clear text


OWN = Offers()
"""What we take as long as nothing is known of the next hop."""
