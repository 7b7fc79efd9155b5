"""What it costs to know a message's contacts, and how often strangers are alike by chance: `python bench/contacts.py`.

First 20,000 mails of 200 senders are learned; then CPU milliseconds of this process a message, the least of several
rounds. `folder | postgresql url` as the only argument says where the store is.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from dlp_gateway import config
from dlp_gateway.decide.spelling import local_spellings
from dlp_gateway.keys import create_keys, load_keys
from dlp_gateway.learning import Learner
from dlp_gateway.model import Envelope
from dlp_gateway.rules_folder import load_texts
from dlp_gateway.store import Store
from dlp_gateway.yaml_file import load_document

MAILS, SENDERS = 20_000, 200
ROUNDS, OF_EACH = 7, 200
HEADER = b"From: <a@council.example>\r\nTo: <b@x.example>\r\nMessage-ID: <%d@council.example>\r\n\r\n"


def names() -> tuple[list[str], list[str]]:
    """First and last names, shuffled: the lists are by alphabet, where neighbours are alike."""
    chance, texts = random.Random(1), load_texts(None)
    lists = []
    for name in ("first-names", "last-names"):
        words = str(load_document(texts[f"lexicons/{name}.yaml"], name).value["text"]).split()
        plain = sorted({word for word in words if word.isascii() and word.isalpha()})
        chance.shuffle(plain)
        lists.append(plain)
    return lists[0], lists[1]


class Town:
    """People who write and are written to, some of them often."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.first, self.last = names()

    def somebody(self, way: str = "{f}.{s}") -> str:
        """A local part; a few names are common, as in life."""
        first, last = (
            words[min(int(self.chance.paretovariate(0.75) * 8) - 8, len(words) - 1)]
            for words in (self.first, self.last)
        )
        return way.format(f=first, s=last, i=first[0])

    def envelope(self, recipients: int, *, known: bool) -> Envelope:
        sender = f"officer{self.chance.randrange(SENDERS)}"
        to = [
            # Each sender has 26 contacts of their own.
            f"contact.{sender}{self.chance.choice('abcdefghijklmnopqrstuvwxyz')}@{sender}-partners.example"
            if known
            else f"{self.somebody()}{self.chance.randrange(10**6)}@firm{self.chance.randrange(800)}-partners.example"
            for _ in range(recipients)
        ]
        return Envelope(reverse_path=f"{sender}@council.example", recipients=tuple(dict.fromkeys(to)))


def is_internal(address: str) -> bool:
    return address.endswith("@council.example")


async def cost(learner: Learner, store: Store, town: Town) -> None:
    for n in range(MAILS):
        envelope = town.envelope(1 + 2 * (n % 10 == 0), known=n % 5 > 0)
        learner.learn(await learner.recall(envelope, HEADER % n, is_internal), envelope.recipients)
    await store.flush()
    print(await store.contacts.so_far(learner.key_mark))
    for recipients, known in ((1, True), (1, False), (3, True), (3, False), (50, False)):
        asking = learning = 1.0
        for _ in range(ROUNDS):
            envelopes = [town.envelope(recipients, known=known) for _ in range(OF_EACH)]
            start = time.process_time()
            recalled = [await learner.recall(e, HEADER % 1, is_internal) for e in envelopes]
            asking = min(asking, (time.process_time() - start) / OF_EACH)
            start = time.process_time()
            for one, envelope in zip(recalled, envelopes, strict=True):
                learner.learn(one, envelope.recipients)
            await store.flush()
            learning = min(learning, (time.process_time() - start) / OF_EACH)
        who = f"{recipients} recipient(s), {'of the sender' if known else 'new'}"
        print(f"{who:32} asked {1000 * asking:6.2f} ms, learned {1000 * learning:6.2f} ms")


def by_chance(town: Town) -> Iterator[str]:
    """Of people never written to, how many are a slip of somebody at an organisation who often is."""
    for way in ("{f}.{s}", "{i}.{s}", "{f}{s}"):
        for size in (20, 100, 1000):
            alike = asked = 0
            for _ in range(10_000 // size):
                known = {town.somebody(way) for _ in range(size)}
                spellings = {s for local in known for s in local_spellings(local)}
                strangers = [local for local in (town.somebody(way) for _ in range(100)) if local not in known]
                asked += len(strangers)
                alike += sum(not spellings.isdisjoint(local_spellings(local)) for local in strangers)
            yield f"{way:8} beside {size:4} others: {alike} of {asked} are alike, {100 * alike / asked:.2f} %"


async def main(place: str | None) -> None:
    town = Town(seed=2)
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        create_keys(here / "keys")
        keys = load_keys(here / "keys")
        url = place if place and "://" in place else f"sqlite:///{Path(place or folder) / 'contacts.db'}"
        store = Store.open(config.Store(url=url, spool=here / "spool"), keys, gateway_id="bench")
        try:
            await cost(Learner(store=store, key=keys.contacts, settings=config.Learning()), store, town)
        finally:
            await asyncio.to_thread(store.close)
    for line in by_chance(town):
        print(line)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else None))
