"""Sockets that a milter listens on."""

from __future__ import annotations

import os
import shutil
import socket
import stat
from pathlib import Path

from ..config_milter import MilterListener
from ..errors import ConfigError, Fault

BACKLOG = 512
_CONNECT_SECONDS = 2.0


def listening_socket(listener: MilterListener) -> socket.socket:
    """A socket that listens as configured. Raises ConfigError."""
    return _by_tcp(listener) if listener.path is None else _unix(listener)


def forget_socket(listening: socket.socket) -> None:
    """Remove the name of a Unix socket, so that a mail server hears at once that nobody is there."""
    name = listening.getsockname()
    if listening.family == socket.AF_UNIX and os.path.exists(name):
        os.unlink(name)


def _wrong(listener: MilterListener, text: str) -> ConfigError:
    return ConfigError([Fault(file="listeners.milter", text=f"{listener.place}: {text}")])


def _by_tcp(listener: MilterListener) -> socket.socket:
    family = socket.AF_INET6 if ":" in listener.host else socket.AF_INET
    try:
        return socket.create_server((listener.host, listener.port or 0), family=family, backlog=BACKLOG)
    except OSError as error:
        raise _wrong(listener, f"can't listen there ({error.strerror}); name another address") from None


def _unix(listener: MilterListener) -> socket.socket:
    path = listener.path
    assert path is not None
    try:
        _make_way(listener, path)
        return _made(listener, path)
    except LookupError:
        path.unlink(missing_ok=True)
        raise _wrong(listener, f"there is no group “{listener.group}” on this machine") from None
    except OSError as error:
        text = f"can't make that socket ({error.strerror}); its folder must be there, and ours to write"
        raise _wrong(listener, text) from None


def _made(listener: MilterListener, path: Path) -> socket.socket:
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o777)  # nobody may use it before its group and mode are right
    try:
        listening.bind(str(path))
        if listener.group is not None:
            shutil.chown(path, group=listener.group)
        path.chmod(int(listener.mode, 8))
        listening.listen(BACKLOG)
    except BaseException:
        listening.close()
        raise
    finally:
        os.umask(before)
    return listening


def _make_way(listener: MilterListener, path: Path) -> None:
    """Remove the socket that a gateway left behind when it was killed. Raises ConfigError for anything else."""
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return
    if not stat.S_ISSOCK(mode):
        raise _wrong(listener, "is no socket; remove it, or name another path")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(_CONNECT_SECONDS)
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
        except OSError:
            pass
    raise _wrong(listener, "another program listens there; stop it, or name another path")
