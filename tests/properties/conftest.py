"""What a property runs hundreds of times, unit tests measure: here coverage would only make it twice as long."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from tests.support.untraced import untraced


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Generator[None, None, None]:
    with untraced():
        return (yield)
