"""`vitrage doctor`: checks what a bot or a worker needs, one part after another, and says how to mend what is wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx
from rich.console import Console
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.chat.webhook import webhook_of
from bot.operate.server import AddressError, listen
from bot.settings import Settings
from bot.storage.databases import SQLITE, open_stores, shown
from bot.storage.errors import BucketRefusedError, BucketUnavailableError, StoreError, StoreLockedError
from bot.storage.models import WorkerState
from bot.worker.engine_process import ChildDiedError, EngineProcess, engine_command
from bot.worker.protocol import Failed, Loading, Ready

MIN_FREE_BYTES = 1_000_000_000  # in the data folder
ANSWER_SECONDS = 5.0  # for whoever listens at an address
ENGINE_SECONDS = 120.0  # for each frame of the engine child, until it is ready


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes:
        good: Whether the bot, or the worker, can run with it.
        what: One line for the operator.
        fix: What the operator can do about it; empty: nothing.
    """

    good: bool
    what: str
    fix: str = ""


Check = Callable[[Settings], Awaitable[list[Finding]]]


async def examine(settings: Settings) -> bool:
    """Run all checks, print what they find, and return whether everything is good."""
    console = Console(highlight=False)
    healthy = True
    checks: tuple[Check, ...] = (_check_telegram, _check_addresses, _check_folder, _check_database, _check_engine)
    for check in checks:
        for finding in await check(settings):
            console.print("[green]✓[/]" if finding.good else "[red]✗[/]", finding.what, soft_wrap=True)
            if finding.fix:
                console.print(f"  [yellow]→[/] {finding.fix}", soft_wrap=True)
            healthy &= finding.good
    return healthy


async def _check_telegram(settings: Settings) -> list[Finding]:
    if settings.token is None:
        if not settings.database_url.startswith(SQLITE):
            return [Finding(True, "No token is set: this host can paint for a bot on another one (`vitrage worker`)")]
        fix = "Get one from @BotFather and set VITRAGE_TOKEN, or try `vitrage demo` without one."
        return [Finding(False, "No bot token", fix)]
    token = settings.required_token()
    try:
        async with Bot(token, base_url=f"{settings.api_url}/bot") as bot:
            return [Finding(True, f"The token is @{bot.username}'s"), *await _check_webhook(bot, settings)]
    except InvalidToken:
        return [Finding(False, "Telegram does not know the token", "Copy it again from @BotFather into VITRAGE_TOKEN.")]
    except TelegramError as error:
        fix = "Check the network, or VITRAGE_API_URL if you set it."
        return [Finding(False, f"{settings.api_url} cannot be reached ({error.message})", fix)]


async def _check_webhook(bot: Bot, settings: Settings) -> list[Finding]:
    if settings.webhook is None:
        return []
    info = await bot.get_webhook_info()
    if info.url != webhook_of(settings.webhook, bot.token).url:
        return [Finding(True, f"The bot will tell Telegram of {settings.webhook} when it starts")]
    waiting = info.pending_update_count
    if not waiting or not info.last_error_message:
        return [Finding(True, f"Telegram brings updates to {settings.webhook}; {waiting} wait")]
    what = f"Telegram could not bring updates to {settings.webhook} ({info.last_error_message}); {waiting} wait"
    fix = f"Start the bot, and have the proxy hand every request to {settings.listen} (VITRAGE_LISTEN)."
    return [Finding(False, what, fix)]


async def _check_addresses(settings: Settings) -> list[Finding]:
    """Whether the ports of the metrics and of the webhook are free, or used by a running bot or worker."""
    findings = []
    if settings.metrics_address is not None:
        findings.append(await _address("VITRAGE_METRICS", settings.metrics_address, "GET", "healthz", 200))
    if settings.webhook is not None and settings.token is not None:
        name = webhook_of(settings.webhook, settings.required_token()).name
        # Only a bot with this token knows the name, and misses the secret.
        findings.append(await _address("VITRAGE_LISTEN", settings.listen_address, "POST", name, 403))
    return findings


async def _address(setting: str, address: tuple[str, int], method: str, page: str, answer: int) -> Finding:
    host, port = address
    shown_address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        listen(host, port, setting).close()
    except AddressError as error:
        async with httpx.AsyncClient(trust_env=False, timeout=ANSWER_SECONDS) as client:
            try:
                given = (await client.request(method, f"http://{shown_address}/{page}")).status_code
            except httpx.TransportError:
                given = None
        if given == answer:
            return Finding(True, f"A running bot or worker answers at {shown_address} ({setting})")
        return Finding(False, f"Nothing of ours can listen at {shown_address}", str(error))
    return Finding(True, f"The address {shown_address} is free ({setting})")


async def _check_folder(settings: Settings) -> list[Finding]:
    folder = settings.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return [Finding(False, f"The data folder {folder} cannot be made ({error.strerror})", "Set VITRAGE_DATA_DIR.")]
    if not os.access(folder, os.W_OK):
        return [Finding(False, f"The data folder {folder} cannot be written", f"Run: chown -R $(id -u) {folder}")]
    if free < MIN_FREE_BYTES:
        return [Finding(False, f"Only {free / 1e6:.0f} MB are free in {folder}", "Free some space: 1 GB at least.")]
    return [Finding(True, f"The data folder {folder} can be written; {free / 1e9:.0f} GB are free")]


async def _check_database(settings: Settings) -> list[Finding]:
    name = shown(settings.database_url)
    try:
        async with open_stores(settings.database_url, settings.blobs_dir, settings.blobs, patience=0.0) as stores:
            findings = [Finding(True, f"The database {name} is in order")]
            if settings.blobs:
                findings.append(Finding(True, f"The bucket {settings.blobs} can be written, read and emptied"))
            shared = not settings.database_url.startswith(
                SQLITE
            )  # else its only worker is that of a bot that has ended
            return [*findings, *(map(_painter, await stores.jobs.workers()) if shared else [])]
    except StoreLockedError:
        return [Finding(True, f"The database {name} is in use by a running bot")]
    except (BucketRefusedError, BucketUnavailableError) as error:
        return [Finding(False, f"The bucket {settings.blobs} cannot be used", str(error))]
    except (StoreError, OSError) as error:
        return [Finding(False, f"The database {name} cannot be opened", f"{error}")]


def _painter(state: WorkerState) -> Finding:
    """What a painter, perhaps on another host, has written into the database."""
    if state.silent:
        fix = "Start its worker again, or wait: after a day it is no longer known."
        return Finding(False, f"The painter {state.name} has not been heard of for half a minute", fix)
    if state.out_of_service:
        return Finding(False, f"The painter {state.name} is out of service", state.trouble)
    return Finding(True, f"The painter {state.name} {f'paints with {state.weights}' if state.weights else 'starts'}")


async def _check_engine(settings: Settings) -> list[Finding]:
    return [finding for device in settings.devices for finding in await _check_device(settings, device)]


async def _check_device(settings: Settings, device: str) -> list[Finding]:
    """Start an engine child as the bot does, and wait until it names the device and the weights, or says why not."""
    command = engine_command(device, settings.weights, settings.cache, settings.weights_url, settings.kernels)
    child = await EngineProcess.start(command)
    try:
        while isinstance(frame := await child.receive(ENGINE_SECONDS), Loading):
            pass
    except ChildDiedError as error:
        return [Finding(False, "The painter does not start", str(error))]
    finally:
        await child.close()
    if not isinstance(frame, Ready):
        reason = frame.message if isinstance(frame, Failed) else "It said nothing for two minutes."
        return [Finding(False, "The painter does not start", f"{reason} See VITRAGE_DEVICE and VITRAGE_WEIGHTS.")]
    advice = "`vitrage-engine weights --download` brings the full ones; a bot with VITRAGE_WEIGHTS=auto does so too."
    return [
        Finding(True, f"The painter works on {', '.join([frame.device, *frame.others])}"),
        Finding(True, f"Its weights are {frame.weights}", advice if frame.weights == "builtin" else ""),
    ]
