"""Authorities for e-mail, made once, and what makes certificates of theirs."""

from __future__ import annotations

import pytest

from tests.support.mail_certificates import MailAuthorities
from tests.support.recipient_keys import Keys


@pytest.fixture(scope="session")
def authorities() -> MailAuthorities:
    return MailAuthorities()


@pytest.fixture
def keys(authorities: MailAuthorities) -> Keys:
    return Keys(authorities)
