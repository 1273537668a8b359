"""The painters of one host: an engine child for each device, and the download of better weights."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from bot.settings import Settings
from bot.storage.databases import SQLITE
from bot.storage.models import WorkerState
from bot.storage.protocols import Stores
from bot.worker.dispatcher import Dispatcher
from bot.worker.engine_process import download_command, engine_command
from bot.worker.identity import identity
from bot.worker.protocol import Ready
from bot.worker.weights_download import WeightsDownload


class Painters:
    """The dispatchers of the devices.

    Args:
        settings: Where the weights are.
        stores: The queue and its pictures.
        devices: As the engine names them; one that is named twice has one engine child. `auto` may stand for several,
            each of which gets an engine child. None where others paint.
        host: What this host is called in a queue that it shares with others; None where it shares it with none.

    Attributes:
        download: Of the full weights; it is run only with VITRAGE_WEIGHTS=auto.
    """

    def __init__(self, settings: Settings, stores: Stores, devices: Sequence[str], host: str | None) -> None:
        self._settings, self._stores, self._host = settings, stores, host
        self._dispatchers = {device: self._dispatcher(device) for device in devices}
        self.download = WeightsDownload(
            download_command(settings.cache, settings.weights_url), arrived=self._take_better_weights
        )
        self._start: Callable[[Dispatcher], object]  # as a part of what runs
        self._downloads = bool(devices) and settings.weights == "auto"

    async def states(self) -> list[WorkerState]:
        """Return what the dispatchers say of themselves."""
        return [dispatcher.state for dispatcher in self._dispatchers.values()]

    async def in_service(self) -> bool:
        """Return whether every device has an engine child that can paint."""
        return all(dispatcher.engine for dispatcher in self._dispatchers.values())

    async def run(self, stop: asyncio.Event) -> None:
        """Paint until `stop` is set, and then for 30 seconds at most; an unfinished job goes back into the queue.

        Raises:
            EngineStartError: The first child of a device says that it cannot start with these settings.
        """
        async with asyncio.TaskGroup() as parts:
            self._start = lambda dispatcher: parts.create_task(dispatcher.run(stop))
            for dispatcher in [*self._dispatchers.values()]:
                self._start(dispatcher)
            if self._downloads:
                parts.create_task(self.download.run(stop))

    def _dispatcher(self, device: str) -> Dispatcher:
        settings = self._settings
        return Dispatcher(
            self._stores.work,
            self._stores.blobs,
            engine_command(device, settings.weights, settings.cache, settings.weights_url, settings.kernels),
            name=f"{self._host or 'engine'} {device}",
            on_ready=self._start_others,
        )

    def _start_others(self, ready: Ready) -> None:
        """Paint on the other devices that `auto` stands for; only an engine child, which loads torch, knows them."""
        for device in ready.others:
            if device not in self._dispatchers:
                self._dispatchers[device] = self._dispatcher(device)
                self._start(self._dispatchers[device])

    def _take_better_weights(self) -> None:
        for dispatcher in self._dispatchers.values():
            dispatcher.take_better_weights()


@contextmanager
def host_name(settings: Settings) -> Iterator[str | None]:
    """Give the name of this host in the queue, and hold it during the block; None on SQLite, which has one process.

    Raises:
        IdentityTakenError: A painter with the same folder runs already.
    """
    if settings.database_url.startswith(SQLITE):
        yield None
    else:
        with identity(settings.data_dir) as name:
            yield name
