"""Every *.lua beside this file is one conversation of a mail server with the milter over a real socket, held by
miltertest(8), a program of the OpenDKIM project: what a filter may say is judged by others.

`-- E: field=value`: the last message's envelope has it. `-- O: octets`: and that message is this. `-- no message`: none
was taken. `-- @ name value` chooses a limit, or `admission`.
"""

from __future__ import annotations

import asyncio
import re
from operator import attrgetter
from pathlib import Path

import pytest

from dlp_gateway.model import Reply
from tests.support.milter_desk import Desk, milter

FOLDER = Path(__file__).parent
STORIES = {path.stem: path.read_text() for path in sorted(FOLDER.glob("*.lua"))}
PRELUDE = STORIES.pop("prelude")


def said(story: str, mark: str) -> list[str]:
    return re.findall(rf"^-- {mark} ?(.*)$", story, re.MULTILINE)


def octets_of(text: str) -> bytes:
    return text.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t").encode()


@pytest.mark.parametrize("tcp", [False, True], ids=["unix", "tcp"])
@pytest.mark.parametrize("name", STORIES)
async def test_a_mail_server_is_answered_as_the_script_says(name: str, tcp: bool, tmp_path: Path) -> None:
    story = STORIES[name]
    options = dict(option.split(" ", 1) for option in said(story, "@"))
    desk = Desk()
    if "admission" in options:
        code, enhanced = options.pop("admission").split()
        desk.admission = Reply(code=int(code), enhanced_code=enhanced, text="Not now")
    script = tmp_path / "script.lua"
    script.write_text(PRELUDE + story)
    async with milter(tmp_path, desk, tcp=tcp, **{name: int(value) for name, value in options.items()}) as server:
        ended = await run(script, server.places[0])
    assert ended == ""
    assert bool(desk.messages) == (not said(story, "no message"))
    for envelope in said(story, "E:"):
        name, _, value = envelope.partition("=")
        assert repr(attrgetter(name)(desk.messages[-1].envelope)) == value
    for octets in said(story, "O:"):
        assert desk.messages[-1].octets == octets_of(octets)


async def run(script: Path, place: str) -> str:
    """What miltertest complains of; empty when all went as the script says."""
    kind, _, rest = place.partition(":")
    where = f"inet:{rest.rpartition(':')[2]}@127.0.0.1" if kind == "inet" else place
    process = await asyncio.create_subprocess_exec(
        "miltertest",
        "-s",
        str(script),
        "-D",
        f"socket={where}",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    return output.decode() if process.returncode else ""
