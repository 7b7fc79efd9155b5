"""What is found or not of each trick is the claim here; what runs, unit tests measure."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.support.untraced import untraced


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, None, None]:
    with untraced():
        return (yield)
