"""SMTP AUTH (RFC 4954): from what a client says to an account, or to a refusal.

`exchange.py` is the conversation, `throttle.py` what guessing costs, `log_in.py` joins them for one session.
Against what a password is checked is one file each: `hashed.py` (accounts of the configuration), `user_file.py`,
`dovecot.py`, `next_hop.py`; `open_accounts` chooses.
"""

from __future__ import annotations

from ...config import Config
from ...config_access import Authentication
from ...errors import ConfigError, Fault
from .account import Account, Accounts
from .dovecot import DovecotAccounts
from .hashed import HashedAccounts, own_users
from .next_hop import AskNextHop, NextHopAccounts
from .user_file import FileAccounts

__all__ = ["Account", "Accounts", "AskNextHop", "open_accounts"]


def open_accounts(config: Config, ask_next_hop: AskNextHop | None = None) -> Accounts:
    """The accounts that the configuration names. `ask_next_hop` tries a log-in at a next hop, by route.

    Raises ConfigError for a hash or pattern of the configuration, or a file of users, that can't be used.
    """
    settings: Authentication = config.authentication
    if settings.kind == "users":
        return HashedAccounts(own_users(config.users))
    if settings.kind == "file":
        assert settings.file is not None, "the configuration sees to that"
        return FileAccounts(settings.file)
    if settings.kind == "dovecot":
        return DovecotAccounts(settings)
    if ask_next_hop is None:
        text = "kind next_hop can't be used here: nobody is there to ask the next hop"
        raise ConfigError([Fault(file="authentication", text=text)])
    return NextHopAccounts(settings, settings.route or config.default_route, ask_next_hop)
