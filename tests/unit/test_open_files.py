"""The limit of open files follows from how many connections are allowed."""

from __future__ import annotations

import resource
from collections.abc import Iterator

import pytest

from dlp_gateway.config import Config, Limits
from dlp_gateway.open_files import allow_open_files, needed_files


@pytest.fixture(autouse=True)
def _limit_as_before() -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def allowing(connections: int) -> Config:
    return Config(limits=Limits(connections=connections))


def test_each_connection_may_need_two() -> None:
    assert needed_files(allowing(500)) - needed_files(allowing(400)) == 200


def test_the_limit_is_raised_as_far_as_need_be() -> None:
    """A service manager's usual 1024 would end a busy gateway long before its own limit does."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    config = allowing(400)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(512, hard), hard))
    assert allow_open_files(config) is None
    assert resource.getrlimit(resource.RLIMIT_NOFILE) == (needed_files(config), hard)


def test_what_the_system_refuses_is_said_with_what_to_do() -> None:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    said = allow_open_files(allowing(hard))
    assert said is not None
    assert f"at most {hard} open files" in said
    assert "LimitNOFILE=" in said
