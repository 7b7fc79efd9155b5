"""The words that the values of `model.py` are made of, each with the form in which files and records say it."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Category(StrEnum):
    """Data categories of the policy, in the order in which they are shown."""

    NAME = "name"
    CONTACT = "contact"
    REFERENCE = "reference"
    IDENTITY = "identity"
    FINANCIAL = "financial"
    SPECIAL = "special"
    CRIMINAL = "criminal"
    SAFEGUARDING = "safeguarding"
    CREDENTIALS = "credentials"
    MARKED = "marked"


HIGH = frozenset({Category.IDENTITY, Category.FINANCIAL, Category.SPECIAL, Category.CRIMINAL, Category.SAFEGUARDING})
"""The categories that policy calls *high*."""

PERSONAL = HIGH | {Category.NAME, Category.CONTACT, Category.REFERENCE}
"""Categories that are personal data; credentials and markings are not."""


class RecipientClass(StrEnum):
    """A recipient has the first class that applies, in this order; `public-sector` and the later ones only
    where no partner entry of any status names the domain."""

    INTERNAL = "internal"
    PARTNER = "partner"
    SOCIAL = "social"
    PUBLICATION = "publication"
    PRESS = "press"
    ELECTED = "elected"
    PUBLIC_SECTOR = "public-sector"
    WEBMAIL = "webmail"
    UNAPPROVED = "unapproved"


class Action(IntEnum):
    """What to do for one recipient. The strictest wins, so the order matters."""

    RELAY = 0
    ENCRYPT = 1
    HOLD = 2
    REJECT = 3

    @property
    def word(self) -> str:
        return self.name.lower()


class Likeness(StrEnum):
    """How a recipient that was not written to is nearly the same as one that often is; the clearest first."""

    LOCAL_PART = "local-part"  # a slip before the @
    DOMAIN = "domain"  # a slip in the domain, or another ending
    OTHER_DOMAIN = "other-domain"  # the same name at another organisation


class Area(StrEnum):
    """Where in a message a passage stands, for conditions that ask about the place."""

    SUBJECT = "subject"
    HEADER = "header"
    BODY = "body"
    ATTACHMENT = "attachment"
    FILE_NAME = "file-name"


class GapReason(StrEnum):
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too_large"
    TOO_DEEP = "too_deep"
    UNSUPPORTED = "unsupported"
    CORRUPT = "corrupt"
    AMBIGUOUS = "ambiguous"
    TIMED_OUT = "timed_out"


class GapScope(StrEnum):
    ATTACHMENT = "attachment"
    MESSAGE = "message"


class MarkingKind(StrEnum):
    OFFICIAL_SENSITIVE = "official-sensitive"
    SECRET = "secret"
    TOP_SECRET = "top-secret"
    NOT_FOR_PUBLICATION = "not-for-publication"
    INTERNAL_COMMUNICATION = "internal-communication"
    EMBARGO = "embargo"
    PRESS_STATEMENT = "press-statement"
    SECURE_REQUESTED = "secure-requested"


class Outcome(StrEnum):
    """What became of one recipient."""

    RELAYED = "relayed"  # the next hop answered 2yz
    DEFERRED = "deferred"  # in our custody, to be tried (again)
    REFUSED = "refused"  # the next hop answered 5yz
    HELD = "held"
    REJECTED = "rejected"  # by policy or by a reviewer
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"  # by its sender, while it was held
    IN_DOUBT = "in_doubt"  # no reply after the final dot (RFC 1047)


class AskNames(StrEnum):
    """When a worker runs the costly recognition of names."""

    NEVER = "never"  # no recipient's verdict can depend on a name
    WITH_OTHER_DATA = "with-other-data"  # only where something else was found that a name makes personal
    ALWAYS = "always"
