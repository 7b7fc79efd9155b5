"""What an administrator configures, checked as a whole, frozen. `config_file.py` reads it.

Every field is described where it stands; `config.example.yaml` is generated from these descriptions
(`config_example.py`), and a test fails when the two differ.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, field_validator, model_validator

from .config_access import Authentication, Client, SmtpListener, User
from .config_console import Console
from .config_dkim import Dkim
from .config_milter import MilterListener
from .config_reviews import Reviews
from .config_section import Section
from .config_ways import Direct, LdapDirectory, Route, Signing
from .language import LanguageCodes


class Council(Section):
    """Whose mail this is; shown in notices and in the console."""

    name: str = Field("Example Council", description="Name of the council, as notices say it.")
    time_zone: str = Field("Europe/London", description="Time zone in which embargo lines are read.")
    duty_team: str = Field("01632 960000", description="Telephone number in notices for when somebody is at risk.")
    contact_points: tuple[str, ...] = Field(
        (),
        description="Published addresses, telephone numbers and bank accounts (“20-00-00 12345678”) of the council; "
        "never counted as personal data.",
    )

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError):
            raise ValueError(f"unknown time zone “{value}”; write it like Europe/London") from None
        return value


class HealthListener(Section):
    """Plain HTTP for /healthz, /readyz and /metrics. Keep it on loopback."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(9925, ge=0, le=65535, description="Port; 0 takes any free one.")
    enabled: bool = Field(True, description="Whether to listen at all.")


class ConsoleListener(Section):
    """Plain HTTP of the web console. Keep it on loopback, behind a web server that speaks TLS."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8025, ge=0, le=65535, description="Port; 0 takes any free one.")


class Listeners(Section):
    """Where the gateway listens."""

    smtp: tuple[SmtpListener, ...] = Field((SmtpListener(),), description="SMTP listeners.")
    milter: tuple[MilterListener, ...] = Field(
        (), description="Milter listeners, for a mail server that keeps its mail and asks us about it (docs/milter.md)."
    )
    health: HealthListener = Field(HealthListener(), description="Health and metrics.")
    console: ConsoleListener = Field(ConsoleListener(), description="The web console.")

    @model_validator(mode="after")
    def _some_door(self) -> Listeners:
        if not self.smtp and not self.milter:
            raise ValueError("smtp and milter are both empty: no mail could come in; give one of them a listener")
        return self


class Store(Section):
    """Where records and held messages are kept."""

    url: str = Field(
        "sqlite:////var/lib/dlp-gateway/gateway.db",
        description="sqlite:///PATH or postgresql://user@host/database (password by PGPASSFILE).",
    )
    spool: Path = Field(Path("/var/lib/dlp-gateway/spool"), description="Folder of sealed octets.")
    min_free_bytes: int = Field(
        512 * 2**20, ge=0, description="Below this much free disk, new mail is answered 452 before it starts."
    )

    @field_validator("url")
    @classmethod
    def _known_store(cls, value: str) -> str:
        if not value.startswith(("sqlite:///", "postgresql://")):
            raise ValueError("must start with sqlite:/// or postgresql://")
        return value


class Keys(Section):
    """Secret keys; made by `dlp-gateway init`, never in the store or its backups."""

    folder: Path = Field(Path("/etc/dlp-gateway/keys"), description="Folder of key files, mode 0700.")


class ExactMatch(Section):
    """Indexes of the council's own records, and the registered documents (docs/exact-match.md)."""

    folder: Path | None = Field(
        Path("/var/lib/dlp-gateway/exact-match"),
        description="Folder that `dlp-gateway exact-match build` writes to, read at start and at reload; the gateway's "
        "file of registered documents lies there, too. One that does not exist has nothing in it.",
    )
    required: tuple[str, ...] = Field(
        (), description="Indexes without which the gateway must not take mail, such as [protected]."
    )


class Partners(Section):
    """The partner registry (docs/partners.md)."""

    second_approval: bool = Field(
        False, description="Whether a change of the registry, by command or by file, waits for a second administrator."
    )
    administrators: tuple[str, ...] = Field(
        (),
        description="Told by mail, besides each entry's owner and deputy, 60, 30 and 7 days before its review, "
        "when its days of grace begin and when it has expired.",
    )


class RecipientKeys(Section):
    """Whose keys mail is encrypted to (docs/recipient-keys.md)."""

    authorities: Path | None = Field(
        None,
        description="PEM file of the certificate authorities that may vouch for S/MIME certificates; none: nobody may.",
    )
    revocation_lists: tuple[Path, ...] = Field(
        (),
        description="Revocation lists of those authorities, PEM or DER. Keep them current; changes are taken up.",
    )
    lists_required: bool = Field(
        False, description="Whether a certificate is only used where there is a list of every authority above it."
    )
    directory_ca_file: Path | None = Field(
        None, description="PEM file of certificates that web key directories must have; default: the system's."
    )
    directories: tuple[LdapDirectory, ...] = Field((), description="Directories for `keys fetch --ldap NAME`.")
    private_directories: bool = Field(
        False,
        description="Whether `keys fetch` may ask servers at loopback and private addresses; for closed networks.",
    )


class Learning(Section):
    """To whom the council and each sender are used to writing, kept as keyed hashes (docs/misdirection.md)."""

    enabled: bool = Field(True, description="Whether envelopes of relayed mail are learned from and asked about.")
    keep_days: int = Field(
        400, ge=28, le=3650, description="A contact is forgotten when nobody wrote to it for so many days."
    )
    thread_days: int = Field(
        90, ge=1, le=3650, description="A conversation inside the council is forgotten after so many quiet days."
    )
    often_mails: int = Field(5, ge=2, description="From so many mails on, an address or domain is often written to.")
    together_mails: int = Field(
        5, ge=2, description="Recipients whom a sender had together in so many mails are a usual group."
    )


class Limits(Section):
    """What is refused before anything is inspected."""

    message_bytes: int = Field(50 * 2**20, ge=2**16, description="Largest message (RFC 1870).")
    recipients: int = Field(1000, ge=100, description="Recipients of one message (RFC 5321, 4.5.3.1.8: at least 100).")
    hops: int = Field(30, ge=5, description="Received fields after which a message is a loop (RFC 5321, 6.3).")
    line_octets: int = Field(
        65536, ge=998, description="Longest line of a message, without its end; RFC 5322 says 998."
    )
    header_bytes: int = Field(256 * 1024, ge=2**14, description="Largest header block.")
    connections: int = Field(2000, ge=1, description="Connections at one time, all clients together.")
    errors: int = Field(20, ge=1, description="Refused commands after which a session is ended.")
    command_seconds: float = Field(300, gt=0, description="Wait for a command (RFC 5321, 4.5.3.2).")
    data_seconds: float = Field(600, gt=0, description="Wait for all of a message.")
    loop_mark_count: int = Field(3, ge=1, description="Valid marks of this installation that make a loop.")


class Times(Section):
    """How long one message may take. Postfix waits 100 s behind its proxy filter: all must fit into 80 s."""

    worker_wait_seconds: float = Field(15, gt=0, description="Wait for a free worker; then 451.")
    inspection_seconds: float = Field(30, gt=0, description="Inspection of one message; then a gap timed_out.")
    way_seconds: float = Field(
        5, gt=0, description="Finding out whether an encrypting route can be met; then the delivery itself finds out."
    )
    file_seconds: float = Field(
        10, gt=0, description="Reading one file, programs such as text recognition left out; then a gap."
    )
    next_hop_seconds: float = Field(25, gt=0, description="Steps with the next hop before the final dot, together.")
    patience_seconds: float = Field(80, gt=0, description="How long our clients wait for the reply to their final dot.")
    final_dot_seconds: float = Field(
        600, gt=0, description="Wait for the next hop's reply to the final dot (RFC 5321, 4.5.3.2.6)."
    )

    @model_validator(mode="after")
    def _fits(self) -> Times:
        total = self.worker_wait_seconds + self.inspection_seconds + self.way_seconds + self.next_hop_seconds
        if total > self.patience_seconds:
            raise ValueError(
                f"worker_wait_seconds + inspection_seconds + way_seconds + next_hop_seconds is {total:g} s, more than "
                f"patience_seconds ({self.patience_seconds:g} s); shorten one of them"
            )
        return self

    @property
    def reading_seconds(self) -> float:
        """Reading all documents of one message: so much of its inspection that what was read can still be judged."""
        return self.inspection_seconds * 2 / 3


class Workers(Section):
    """The processes that inspect and change messages."""

    count: int = Field(2, ge=1, description="Worker processes; one per core is right.")
    memory_bytes: int = Field(1536 * 2**20, ge=256 * 2**20, description="Address space of one worker beyond its start.")
    reader_memory_bytes: int = Field(
        1536 * 2**20, ge=256 * 2**20, description="Address space of the process that reads one message's documents."
    )
    overflow: int = Field(
        4, ge=0, description="Workers started beside `count` while others are busy with slow messages."
    )
    slow_seconds: float = Field(0.5, gt=0, description="A message that takes longer is slow.")
    weak_sandbox: bool = Field(
        False,
        description="Inspect mail although this machine lacks a wall of the sandbox (see `dlp-gateway doctor`). "
        "Not advised: a document that takes over its reader then meets fewer walls.",
    )
    waiting_per_worker: int = Field(20, ge=1, description="Messages that may wait per worker; beyond that 451.")
    recycle_after: int = Field(2000, ge=1, description="Messages after which a worker is replaced.")
    names: bool = Field(True, description="Load the language model for names (some 350 MiB per worker).")


class Retry(Section):
    """Deliveries that we have custody of."""

    first_seconds: float = Field(300, gt=0, description="Wait after the first failure; doubles each time, with jitter.")
    max_seconds: float = Field(4000, gt=0, description="Longest wait between two tries.")
    give_up_seconds: float = Field(2 * 86400, gt=0, description="After this the sender gets a report (RFC 3464).")
    delay_seconds: float = Field(
        4 * 3600,
        gt=0,
        description="After this the sender is told that it still waits, where DSN wishes allow (RFC 3461).",
    )
    parallel: int = Field(10, ge=1, description="Deliveries tried at one time.")
    per_route: int = Field(
        5, ge=1, description="Of these by one route, so that a slow next hop leaves room for others."
    )
    rest_seconds: float = Field(
        5, gt=0, description="Rest of a next hop that can't be reached, before one delivery tries it again; doubles."
    )
    rest_max_seconds: float = Field(300, gt=0, description="Longest such rest.")


class Notices(Section):
    """Mail from the gateway to senders and reviewers."""

    from_address: str = Field("mail-check@council.example", description="Author of notices; their reverse-path is <>.")
    from_name: str = Field("Council mail check", description="Display name of that author.")
    fallback_owner: str = Field(
        "information.governance@council.example",
        description="Gets notices that can't go to the sender: nobody vouched for it, or it is automatic.",
    )
    route: str | None = Field(None, description="Route of notices; default: default_route.")
    languages: LanguageCodes = Field(
        ("en",),
        min_length=1,
        description="Languages of notices, in their order: [en], [cy], or both in one mail, as [cy, en]. Groups in "
        "senders.yaml may have their own (`notice_languages`). Wherever cy is named, pages for senders can be read in "
        "Welsh too; they open in the first of these. See docs/languages.md before you name cy.",
    )


class Config(Section):
    """The whole configuration."""

    hostname: str = Field("gateway.council.example", description="Our name in greetings, Received fields and reports.")
    council: Council = Field(Council(), description="The council.")
    listeners: Listeners = Field(Listeners(), description="Listeners.")
    clients: tuple[Client, ...] = Field(
        (Client(name="local", networks=("127.0.0.0/8", "::1/128")),), description="Who may send without a password."
    )
    authentication: Authentication = Field(Authentication(), description="Who checks passwords.")
    users: tuple[User, ...] = Field((), description="Who may send with a password, for authentication of kind users.")
    routes: dict[str, Route] = Field(
        {
            "relay": Route(kind="relay", next_hop="127.0.0.1:10026"),
            "secure": Route(kind="tls"),
        },
        description="Ways out by name.",
    )
    default_route: str = Field("relay", description="Route of ordinary mail.")
    default_encrypt_route: str = Field(
        "secure", description="Route when policy says encrypt and the partner entry names none."
    )
    remove_secure_request: bool = Field(
        False,
        description="Take “[secure]” or “[encrypt]”, by which an author asks for encryption, out of the subject of "
        "mail that goes encrypted.",
    )
    direct: Direct = Field(Direct(), description="Delivery straight to recipients' own servers.")
    signing: Signing = Field(Signing(), description="The council's own keys, for routes that sign.")
    store: Store = Field(Store(), description="Store.")
    keys: Keys = Field(Keys(), description="Keys.")
    rules: Path | None = Field(
        None, description="Folder of rules; default: the shipped ones. A file missing there is the shipped one."
    )
    exact_match: ExactMatch = Field(ExactMatch(), description="Exact match on the council's own records.")
    partners: Partners = Field(Partners(), description="The partner registry.")
    recipient_keys: RecipientKeys = Field(RecipientKeys(), description="Recipients' keys for encryption.")
    learning: Learning = Field(Learning(), description="Learning of contacts.")
    limits: Limits = Field(Limits(), description="Limits.")
    times: Times = Field(Times(), description="Times.")
    workers: Workers = Field(Workers(), description="Workers.")
    retry: Retry = Field(Retry(), description="Retries.")
    dkim: Dkim = Field(Dkim(), description="DKIM.")
    notices: Notices = Field(Notices(), description="Notices.")
    console: Console = Field(Console(), description="The web console.")
    reviews: Reviews = Field(Reviews(), description="Reviewers' days, and mails to them.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level that is logged.")

    def way_of(self, name: str) -> str:
        """The route by which mail of this route leaves: itself, or the one that carries what it has encrypted."""
        route = self.routes[name]
        return (route.via or self.default_route) if route.with_key else name

    @property
    def direct_routes(self) -> frozenset[str]:
        """Names of the routes that lead straight to recipients' own servers, in the end."""
        return frozenset(name for name in self.routes if self.routes[self.way_of(name)].direct)

    @property
    def key_routes(self) -> frozenset[str]:
        """Names of the routes that encrypt to each recipient's own key."""
        return frozenset(name for name, route in self.routes.items() if route.with_key)

    @model_validator(mode="after")
    def _routes_exist(self) -> Config:
        for name, what in (
            (self.default_route, "default_route"),
            (self.default_encrypt_route, "default_encrypt_route"),
        ):
            if name not in self.routes:
                raise ValueError(f"{what}: no route “{name}”; known: {', '.join(sorted(self.routes))}")
        usual = self.routes[self.default_route]
        if usual.direct or usual.with_key:
            raise ValueError(f"default_route: route “{self.default_route}” needs a next_hop, as all ordinary mail does")
        for name, route in self.routes.items():
            self._carried(name, route)
        encrypting = self.routes[self.default_encrypt_route]
        if not encrypting.encrypts:
            raise ValueError(
                f"default_encrypt_route: route “{self.default_encrypt_route}” may send clear text; "
                "use one of kind tls or gateway, or set its tls to verify"
            )
        if self.notices.route is not None and self.notices.route not in self.routes:
            raise ValueError(f"notices.route: no route “{self.notices.route}”; known: {', '.join(sorted(self.routes))}")
        if self.notices.route is not None and self.routes[self.notices.route].with_key:
            raise ValueError(
                f"notices.route: notices are not encrypted to keys; name another than “{self.notices.route}”"
            )
        self._passwords_have_a_way()
        self._certificates_can_be_shown()
        return self

    def _passwords_have_a_way(self) -> None:
        """Raises ValueError where accounts stand that nobody asks, or a password would go where it may not."""
        asked = self.authentication
        if self.users and asked.kind != "users":
            raise ValueError(f"users: are not asked with authentication.kind {asked.kind}; remove them, or the kind")
        if asked.kind != "next_hop":
            return
        name = asked.route or self.default_route
        route = self.routes.get(name)
        if route is None:
            raise ValueError(f"authentication.route: no route “{name}”; known: {', '.join(sorted(self.routes))}")
        if route.next_hop is None or not route.verified:
            raise ValueError(
                f"authentication.route: route “{name}” must have a next_hop and tls: verify, or passwords would be "
                "told to anybody who answers"
            )

    def _certificates_can_be_shown(self) -> None:
        """Raises ValueError where a client must show one and can't."""
        for client in self.clients:
            if client.certificate is not None and not any(listener.tls for listener in self.listeners.smtp):
                raise ValueError(
                    f"clients: {client.name} must show a certificate, and no SMTP listener has TLS; set its tls"
                )

    def _carried(self, name: str, route: Route) -> None:
        """A route that encrypts to keys has what it needs. Raises ValueError."""
        if not route.with_key:
            return
        carrier = self.routes.get(route.via or self.default_route)
        if carrier is None:
            raise ValueError(f"routes.{name}.via: no route “{route.via}”; known: {', '.join(sorted(self.routes))}")
        if carrier.with_key:
            raise ValueError(f"routes.{name}.via: “{route.via}” encrypts too; name one that only carries")
        if route.sign and not getattr(self.signing, f"{route.kind}_key"):
            raise ValueError(f"routes.{name}.sign: set signing.{route.kind}_key first")
