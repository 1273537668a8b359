"""`vitrage doctor`: checks what the bot needs, one thing after another, and says how to mend what is wrong."""

from __future__ import annotations

import os
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from rich.console import Console
from telegram import Bot
from telegram.error import InvalidToken, TelegramError

from bot.chat.webhook import webhook_of
from bot.settings import Settings, SettingsError
from bot.storage.databases import open_stores, shown
from bot.storage.errors import StoreError, StoreLockedError
from bot.worker.engine_process import ChildDiedError, EngineProcess, engine_command
from bot.worker.protocol import Failed, Loading, Ready

MIN_FREE_BYTES = 1_000_000_000  # in the data folder
ENGINE_SECONDS = 120.0  # for each frame of the engine child, until it is ready


@dataclass(frozen=True)
class Finding:
    """What one check found.

    Attributes:
        good: Whether the bot can run with it.
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
    checks: tuple[Check, ...] = (_check_telegram, _check_folder, _check_database, _check_engine)
    for check in checks:
        for finding in await check(settings):
            console.print("[green]✓[/]" if finding.good else "[red]✗[/]", finding.what, soft_wrap=True)
            if finding.fix:
                console.print(f"  [yellow]→[/] {finding.fix}", soft_wrap=True)
            healthy &= finding.good
    return healthy


async def _check_telegram(settings: Settings) -> list[Finding]:
    try:
        token = settings.required_token()
    except SettingsError as error:
        return [Finding(False, "No bot token", str(error))]
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
        async with open_stores(settings.database_url, settings.blobs_dir, settings.blobs, patience=0.0):
            return [Finding(True, f"The database {name} is in order")]
    except StoreLockedError:
        return [Finding(True, f"The database {name} is in use by a running bot")]
    except (StoreError, OSError) as error:
        return [Finding(False, f"The database {name} cannot be opened", f"{error}")]


async def _check_engine(settings: Settings) -> list[Finding]:
    """Start the engine child as the bot does, and wait until it names the device and the weights, or says why not."""
    command = engine_command(settings.device, settings.weights, settings.cache, settings.weights_url)
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
        Finding(True, f"The painter works on {frame.device}"),
        Finding(True, f"Its weights are {frame.weights}", advice if frame.weights == "builtin" else ""),
    ]
