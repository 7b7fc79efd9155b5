from __future__ import annotations

import pytest

from dlp_gateway.store import AuditSearch, DecidedError, Store, UserAccount, Verb
from tests.support.quick_hasher import quick_hasher

REVIEWER = UserAccount(
    name="r.patel", display_name="R. Patel", email="r.patel@council.example", roles=("reviewer",), is_active=True
)


@pytest.fixture(autouse=True)
def passwords_are_hashed_quickly():
    with quick_hasher():
        yield


async def opens(store: Store, name: str, password: str) -> bool:
    """Whether this is the password of an active account, as the console asks."""
    return await store._read(lambda alias: _opens(alias, name, password))


def _opens(alias: str, name: str, password: str) -> bool:
    from dlp_gateway.store.models import User

    row = User.objects.using(alias).filter(name=name, is_active=True).first()
    return row is not None and row.check_password(password)


async def created(store: Store) -> UserAccount:
    return await store.users.create(REVIEWER, "correct horse battery", by="admin.a")


async def test_the_right_password_opens_the_account(store):
    await created(store)
    assert await opens(store, "r.patel", "correct horse battery")


@pytest.mark.parametrize(("name", "password"), [("r.patel", "wrong"), ("r.patel", ""), ("nobody", "correct horse")])
async def test_nothing_else_does(store, name, password):
    await created(store)
    assert not await opens(store, name, password)


async def test_a_name_is_given_once(store):
    await created(store)
    with pytest.raises(DecidedError):
        await created(store)
    assert await store.users.all() == (REVIEWER,)


async def test_a_disabled_account_does_not_open(store):
    await created(store)
    await store.users.change("r.patel", by="admin.a", is_active=False)
    assert not await opens(store, "r.patel", "correct horse battery")


async def test_a_new_password_replaces_the_old_and_roles_change(store):
    await created(store)
    changed = await store.users.change("r.patel", by="admin.a", password="another horse battery", roles=("auditor",))
    assert changed.roles == ("auditor",)
    assert not await opens(store, "r.patel", "correct horse battery")
    assert await opens(store, "r.patel", "another horse battery")
    assert changed.must_change_password, "whoever chose it knows it"


async def test_nobody_can_not_be_changed(store):
    with pytest.raises(DecidedError):
        await store.users.change("nobody", by="admin.a", roles=())


async def test_accounts_are_audited_without_their_passwords(store):
    await created(store)
    (row,) = await store.search_audit(AuditSearch(verb=Verb.USER_CREATED))
    assert row.actor == "admin.a"
    assert "horse" not in row.body
    assert "md5" not in row.body


@pytest.mark.parametrize("password", ["short", "password1234"])
async def test_a_password_that_is_easily_guessed_is_refused(store, password):
    with pytest.raises(DecidedError, match=r"too (short|common)"):
        await store.users.create(REVIEWER, password, by="admin.a")


async def test_an_account_of_elsewhere_has_no_password_here(store):
    await store.users.create(REVIEWER, None, by="oidc")
    assert not await opens(store, "r.patel", "")


async def test_a_second_factor_is_forgotten_on_record(store):
    await created(store)
    await store.users.change("r.patel", by="admin.a", no_second_factor=True)
    (entry,) = await store.search_audit(AuditSearch(verb=Verb.USER_CHANGED))
    assert '"no_second_factor":true' in entry.body.replace(" ", "")
