"""Passwords hashed quickly: the hasher that we use takes half a second on purpose."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.contrib.auth import hashers


@contextmanager
def quick_hasher() -> Iterator[None]:
    """For passwords of this process, once its Django is set up."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "PASSWORD_HASHERS", ["django.contrib.auth.hashers.MD5PasswordHasher"])
        _forget()
        yield
    _forget()


def _forget() -> None:
    """What Django remembers of the setting."""
    hashers.get_hashers.cache_clear()
    hashers.get_hashers_by_algorithm.cache_clear()
