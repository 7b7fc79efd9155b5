"""One gateway's services around a next hop, without listeners and loops: what tests of a message's way stand on."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from dlp_gateway.act.carry_out import Carrier
from dlp_gateway.act.direct.set_up import set_up_direct
from dlp_gateway.act.dkim_signing import DkimSigner
from dlp_gateway.act.notices import NoticeRules, NoticeWriter
from dlp_gateway.act.prepare import Preparer
from dlp_gateway.act.relay import Relay
from dlp_gateway.act.sealing import Sealer
from dlp_gateway.act.ways import Ways
from dlp_gateway.act.wire import WireMaker
from dlp_gateway.config import Config
from dlp_gateway.config import Store as StoreSettings
from dlp_gateway.config_ways import Route
from dlp_gateway.keys import Keys
from dlp_gateway.learning import Learner
from dlp_gateway.pool import Pool
from dlp_gateway.recipient_keys import KeyRing
from dlp_gateway.store import DeliveryKind, Store
from tests.support import shipped_rules
from tests.support.fake_next_hop import FakeNextHop
from tests.support.migrated import put_migrated_database

KEYS = Keys(seal={"0001": b"1" * 32}, seal_id="0001", fingerprint=b"f" * 32, mark=b"m" * 32)


class GatewayStand:
    """`relay` goes to `hop`, `secure` (as to a secure-mail product) to `secure`, or to `hop`, too.

    Without `pool` there is one that never starts: enough where no delivery has a change that a worker
    makes. `database` is a migrated one to begin with, where none is in the folder; `routes` are there beside those two.
    """

    def __init__(
        self,
        folder: Path,
        hop: FakeNextHop,
        *,
        secure: FakeNextHop | None = None,
        pool: Pool | None = None,
        database: Path | None = None,
        routes: Mapping[str, Route] | None = None,
    ) -> None:
        relay = Route(kind="relay", next_hop=f"127.0.0.1:{hop.port}", tls="none")
        gateway = Route(kind="gateway", next_hop=f"127.0.0.1:{(secure or hop).port}", tls="none")
        self.settings = StoreSettings(url=f"sqlite:///{folder / 'gateway.db'}", spool=folder / "spool")
        if database is not None:
            shutil.copy(database, folder / "gateway.db")
        elif not (folder / "gateway.db").exists():
            put_migrated_database(folder)
        self.config = Config(routes={"relay": relay, "secure": gateway} | dict(routes or {}), store=self.settings)
        self.texts = shipped_rules.texts()
        self.store = Store.open(self.settings, KEYS, gateway_id="test")
        direct = set_up_direct(self.config)
        self.relay = Relay(self.config, direct)
        self.ring = KeyRing()
        self.sealer = Sealer(self.config, lambda: self.ring)
        self.ways = Ways(
            direct_routes=self.config.direct_routes,
            key_routes=self.config.key_routes,
            evidence=direct.evidence,
            sealer=self.sealer,
        )
        self.pool = pool or Pool(self.config.workers, self.config.times, self.texts, KEYS.fingerprint)
        self.preparer = Preparer(
            config=self.config,
            wire=WireMaker(
                config=self.config,
                mark_key=KEYS.mark,
                pool=self.pool,
                sealer=self.sealer,
                signer=DkimSigner.load(self.config.dkim),
                size_limit=self.relay.size_limit,
            ),
            store=self.store,
            notices=NoticeWriter(
                config=self.config,
                store=self.store,
                rules=NoticeRules(texts=self.texts, is_internal=lambda address: address.endswith("@council.example")),
            ),
            wake_retries=lambda: None,
        )
        self.carrier = Carrier(
            store=self.store, relay=self.relay, preparer=self.preparer, next_hop_seconds=5, final_dot_seconds=5
        )

    @property
    def learner(self) -> Learner:
        return Learner(store=self.store, key=KEYS.contacts, settings=self.config.learning)

    async def close(self) -> None:
        await self.relay.close()
        self.sealer.close()
        await asyncio.to_thread(self.store.close)

    async def outbox(self) -> list[tuple[DeliveryKind, tuple[str, ...]]]:
        """What waits to be sent, by kind and recipients."""
        due = await self.store.claim_due(datetime.now(UTC) + timedelta(days=1), 50, 60)
        return sorted((queued.kind, queued.delivery.recipients) for queued in due)

    async def held(self) -> list[tuple[str, ...]]:
        """Recipients of each held message."""
        return [held.delivery.recipients for held in await self.store.held_list()]

    async def nothing_is_kept(self) -> None:
        assert await self.outbox() == []
        assert await self.held() == []
