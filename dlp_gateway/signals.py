"""The life of the gateway process: what signals do to it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable

from .app import Gateway
from .config import Config
from .console_process import ConsoleProcess


async def run_gateway(config: Config, ready: Callable[[], None], console: ConsoleProcess | None = None) -> None:
    """Run the gateway until SIGTERM or SIGINT; SIGHUP reads rules, certificates and users anew. Calls `ready` once mail
    is taken. `console` runs meanwhile, whatever becomes of it."""
    gateway = Gateway(config)
    loop = asyncio.get_running_loop()
    ended, reload = asyncio.Event(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    loop.add_signal_handler(signal.SIGHUP, reload.set)
    async with gateway.running(), asyncio.TaskGroup() as group:
        beside = [group.create_task(_reload_when_asked(gateway, reload))]
        if console is not None:
            beside.append(group.create_task(console.run(), name="console"))
        ready()
        await ended.wait()
        for task in beside:
            task.cancel()


async def _reload_when_asked(gateway: Gateway, asked: asyncio.Event) -> None:
    while True:
        await asked.wait()
        asked.clear()
        await gateway.smtp.look(at_once=True)
        await gateway.reload()
