"""`vitrage worker`: paints for a bot that runs elsewhere, on the PostgreSQL database that they share."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Collection, Sequence

from bot.operate import pages
from bot.operate.alive import show_life
from bot.painters import Painters, host_name
from bot.settings import Settings, SettingsError
from bot.storage.databases import SQLITE, open_stores
from bot.storage.models import QUEUES


async def work(settings: Settings, devices: Sequence[str], queues: Collection[str] = QUEUES) -> None:
    """Paint until SIGTERM or SIGINT, then end within 30 seconds; an unfinished job goes back into the queue.

    Args:
        settings: The token is not needed.
        devices: As the engine names them; each gets an engine child of its own. Without any, VITRAGE_DEVICE.
        queues: What this host takes of `bot.storage.models.QUEUES`.

    Raises:
        SettingsError: the database is on SQLite, which one process has for itself.
        StoreError: the database cannot be used.
        IdentityTakenError: another painter has the same folder.
        EngineStartError: a painter cannot start with these settings.
        AddressError: the metrics cannot be shown at their address.
    """
    if settings.database_url.startswith(SQLITE):
        raise SettingsError(
            "A worker shares the bot's database, which must be PostgreSQL: set VITRAGE_DATABASE to postgresql://…; "
            "on SQLite, `vitrage run` paints by itself."
        )
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await asyncio.to_thread(settings.data_dir.mkdir, mode=0o700, parents=True, exist_ok=True)
    with host_name(settings) as host:
        async with open_stores(settings.database_url, settings.blobs_dir, settings.blobs, queues=queues) as stores:
            painters = Painters(settings, stores, devices or settings.devices, host)
            async with asyncio.TaskGroup() as parts:
                parts.create_task(painters.run(stop))
                parts.create_task(show_life(settings.data_dir, stop))
                parts.create_task(
                    pages.show(settings.metrics_address, stores.jobs, {"painter": painters.in_service}, stop)
                )
