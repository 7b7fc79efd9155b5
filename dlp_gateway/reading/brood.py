"""The brood: a small process that has the reading libraries loaded, never runs them, and forks a keeper for each
worker.

Small matters: a reader is forked for nearly every message, and a fork costs by the size of the process. So it is
started before rules and language model are loaded, and holds no key. The reading libraries are loaded before it is
forked, since the nursery needs them too: once is enough.
"""

from __future__ import annotations

import encodings
import gc
import importlib
import os
import pkgutil
import signal
import socket
from typing import TYPE_CHECKING, NoReturn

from .. import model_json, sandbox
from ..model import Area, Attachment, Gap, GapReason, GapScope, Passage
from .settings import ReadingSettings

if TYPE_CHECKING:
    from .keeper import Keeper

READY = b"ready"
_VALUES = (
    Passage(part="", place="", text="", area=Area.BODY),
    Gap(part="", reason=GapReason.CORRUPT, scope=GapScope.MESSAGE, detail=""),
    Attachment(part="", filename=None, media_type="", size_bytes=0),
)


def start_brood(settings: ReadingSettings) -> socket.socket:
    """Fork the brood. Over the socket it says `READY`, or in plain words why it can't be; thereafter each descriptor
    that is sent to it becomes the worker's end of a new keeper's."""
    from .keeper import Keeper  # noqa: PLC0415  # loads what reads hostile documents

    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if os.fork() == 0:
        try:
            ours.close()
            sandbox.end_with_parent()
            _serve(theirs, settings, Keeper)
        finally:
            os._exit(1)
    theirs.close()
    return ours


def _serve(control: socket.socket, settings: ReadingSettings, keeper: type[Keeper]) -> NoReturn:
    fault = _fault(settings)
    if fault is not None:
        control.send(fault.encode())
        os._exit(1)
    _load_codecs()
    sandbox.prepare_filters()
    for value in _VALUES:  # their encoders are made at the first use, by modules loaded then
        model_json.decode(type(value), model_json.encode(value))
    gc.collect()
    gc.freeze()  # else the first collection in each reader would copy every page
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # keepers end by themselves; nobody waits for them
    control.send(READY)
    while True:
        said, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not said:
            os._exit(0)
        brood = os.getpid()
        if os.fork() == 0:
            try:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                control.close()
                sandbox.end_with_parent()
                if os.getppid() == brood:
                    keeper(descriptors[0], settings).serve()
            finally:
                os._exit(1)
        os.close(descriptors[0])


def _fault(settings: ReadingSettings) -> str | None:
    """Why documents can't be kept apart here, None where they can."""
    try:
        through = sandbox.escapes(weak=settings.weak)
    except sandbox.WeakSandboxError as error:
        return str(error)
    except OSError:
        return "this system refuses the sandbox that documents are read in"
    return f"the sandbox does not hold: a process inside could {', '.join(through)}" if through else None


def _load_codecs() -> None:
    """Every codec of Python's: a reader opens no file, so what is not loaded now can't be loaded then."""
    for module in pkgutil.iter_modules(encodings.__path__):
        try:
            importlib.import_module(f"encodings.{module.name}")
        except ImportError:
            continue  # mbcs and oem are for another system
