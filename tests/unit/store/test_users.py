from __future__ import annotations

import pytest
from django.conf import settings

from dlp_gateway.store import DecidedError, Store, UserAccount, Verb
from dlp_gateway.store.audit import AuditSearch

REVIEWER = UserAccount(
    name="r.patel", display_name="R. Patel", email="r.patel@council.example", roles=("reviewer",), is_active=True
)


@pytest.fixture(autouse=True)
def quick_hasher(monkeypatch):
    """The real one takes half a second on purpose."""
    monkeypatch.setattr(settings, "PASSWORD_HASHERS", ["django.contrib.auth.hashers.MD5PasswordHasher"])


async def created(store: Store) -> UserAccount:
    return await store.users.create(REVIEWER, "correct horse battery", by="admin.a")


async def test_the_right_password_opens_the_account(store):
    await created(store)
    assert await store.users.check_password("r.patel", "correct horse battery") == REVIEWER


@pytest.mark.parametrize(("name", "password"), [("r.patel", "wrong"), ("r.patel", ""), ("nobody", "correct horse")])
async def test_nothing_else_does(store, name, password):
    await created(store)
    assert await store.users.check_password(name, password) is None


async def test_a_name_is_given_once(store):
    await created(store)
    with pytest.raises(DecidedError):
        await created(store)
    assert await store.users.all() == (REVIEWER,)


async def test_a_disabled_account_does_not_open(store):
    await created(store)
    await store.users.change("r.patel", by="admin.a", is_active=False)
    assert await store.users.check_password("r.patel", "correct horse battery") is None


async def test_a_new_password_replaces_the_old_and_roles_change(store):
    await created(store)
    changed = await store.users.change("r.patel", by="admin.a", password="another one", roles=("auditor",))
    assert changed.roles == ("auditor",)
    assert await store.users.check_password("r.patel", "correct horse battery") is None
    assert await store.users.check_password("r.patel", "another one") == changed


async def test_nobody_can_not_be_changed(store):
    with pytest.raises(DecidedError):
        await store.users.change("nobody", by="admin.a", roles=())


async def test_accounts_are_audited_without_their_passwords(store):
    await created(store)
    (row,) = await store.search_audit(AuditSearch(verb=Verb.USER_CREATED))
    assert row.actor == "admin.a"
    assert "horse" not in row.body
    assert "md5" not in row.body
