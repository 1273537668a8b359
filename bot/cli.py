"""The `vitrage` command. Each command imports its modules when it is called, so that --help is quick."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from bot import logs
from bot.settings import Settings, SettingsError
from bot.storage.databases import SQLITE, shown
from bot.storage.models import LARGE, QUEUES, Quality

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Vitrage: a Telegram bot that paints one photo like another.",
)

Port = Annotated[int, typer.Option(help="Port of the web chat on 127.0.0.1; 0 = any free one.", min=0, max=65535)]


class CommandError(Exception):
    """A command cannot go on; the message is one sentence for the operator."""


@app.command(epilog="Example: VITRAGE_TOKEN=… vitrage run")
def run() -> None:
    """Run the bot and its painter on this machine. Settings come from VITRAGE_* and .env."""
    from bot.run import run as run_bot

    logs.configure()
    asyncio.run(run_bot(_read_settings()))


@app.command("bot", epilog="Example: VITRAGE_TOKEN=… VITRAGE_DATABASE=postgresql://… vitrage bot")
def answer() -> None:
    """Run the bot alone, on PostgreSQL; `vitrage worker` paints. A second one stands by, and takes over."""
    from bot.run import run as run_bot

    logs.configure()
    asyncio.run(run_bot(_read_settings(), paints=False))


@app.command(epilog="Examples: vitrage worker · vitrage worker --device cuda:0 --device cuda:1 --queues paint-large")
def worker(
    device: Annotated[
        list[str] | None, typer.Option(help="Where to paint, once for each; without it, VITRAGE_DEVICE.")
    ] = None,
    queues: Annotated[
        str, typer.Option(help=f"What to take; {QUEUES[1]} has the pictures from {LARGE} pixels on.", metavar="NAMES")
    ] = ",".join(QUEUES),
) -> None:
    """Paint for a bot on another host, whose PostgreSQL database VITRAGE_DATABASE names; no token is needed."""
    from bot.work import work

    logs.configure()
    names = {name.strip() for name in queues.split(",")}
    if not names <= {*QUEUES}:
        raise CommandError(f"--queues {queues} is wrong: give {QUEUES[0]}, {QUEUES[1]}, or both with a comma.")
    asyncio.run(work(_read_settings(), device or [], names))


@app.command(epilog="Examples: vitrage sandbox · vitrage sandbox --port 9000 --state chats.json")
def sandbox(
    port: Port = 8081,
    host: Annotated[str, typer.Option(help="Address to listen on; others than this machine only if you name it.")] = (
        "127.0.0.1"
    ),
    state: Annotated[Path | None, typer.Option(help="File that keeps chats over restarts.")] = None,
    samples: Annotated[Path | None, typer.Option(help="Folder of pictures to offer one click away.")] = None,
    banner: Annotated[str | None, typer.Option(help="A line to show above the chat.")] = None,
) -> None:
    """Start a Telegram Bot API server on this machine, with a web chat: try and test bots without a token."""
    from bot.sandbox.server import serve

    serve(host=host, port=port, state_file=state, banner=banner, samples=samples)


@app.command(
    epilog="Examples: vitrage demo · vitrage demo --once cat.jpg glass.jpg out.jpg --quality sketch",
)
def demo(
    pictures: Annotated[
        list[Path] | None, typer.Argument(help="With --once: CONTENT STYLE OUT.", show_default=False)
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Send two photos as a user would, save the picture, exit.")] = (
        False
    ),
    quality: Annotated[Quality, typer.Option(help="How carefully to paint.")] = "sketch",
    port: Port = 8081,
) -> None:
    """Try everything on this machine: sandbox, bot and painter, without a token."""
    from bot.demo.session import paint_once, serve_until_stopped

    logs.configure()
    if once != bool(pictures) or (pictures and len(pictures) != 3):
        raise CommandError("Give three files with --once (CONTENT STYLE OUT), or none without it.")
    _read_settings()  # a wrong one is said before anything starts
    settings: dict[str, str] = {"VITRAGE_QUALITY": quality}
    if pictures:
        content, style, out = pictures
        asyncio.run(paint_once(content, style, out, settings))
    else:
        asyncio.run(serve_until_stopped(port, settings))


@app.command(epilog="Examples: vitrage doctor · vitrage doctor --live -1001234567890")
def doctor(
    live: Annotated[
        str | None,
        typer.Option(help="Ask the real Telegram open questions in this chat, with your help.", metavar="CHAT"),
    ] = None,
) -> None:
    """Check what a bot or a worker needs on this host, and say how to mend what is wrong.

    That is the token, the webhook, the addresses, the disk, the database, the bucket, other hosts' painters, the device
    and the weights. A host without a token is checked as one of `vitrage worker`, where the database is PostgreSQL.
    """
    from rich.console import Console

    from bot import doctor, live_check

    logs.configure(logging.ERROR)
    settings = _read_settings()
    found = live_check.examine(settings, live, Console(highlight=False)) if live else doctor.examine(settings)
    if not asyncio.run(found):
        raise typer.Exit(1)


@app.command(epilog="Example: vitrage backup /backups/monday.tar")
def backup(file: Annotated[Path, typer.Argument(help="The tar file to write; it holds users' pictures.")]) -> None:
    """Write the SQLite database and its pictures into one file; the bot may run meanwhile."""
    from bot.storage.sqlite.backup import back_up

    database, settings = _sqlite_file()
    typer.echo(f"{file}: {back_up(database, settings.blobs_dir, file)}.")


@app.command(epilog="Example: vitrage restore /backups/monday.tar")
def restore(file: Annotated[Path, typer.Argument(help="A file that `vitrage backup` wrote.")]) -> None:
    """Put a backup where there is no database yet, with the bot stopped; everything is checked before."""
    from bot.storage.sqlite import backup

    database, settings = _sqlite_file()
    typer.echo(f"{database}: {backup.restore(file, database, settings.blobs_dir)}.")


@app.command(epilog="Example: vitrage move-store var/vitrage.db postgresql://ann@db.example/vitrage")
def move_store(
    origin: Annotated[
        str, typer.Argument(metavar="FROM", help="A SQLite file, or postgresql://USER:PASSWORD@HOST/NAME.")
    ],
    target: Annotated[str, typer.Argument(metavar="TO", help="The other kind of database, still empty.")],
) -> None:
    """Move everything from SQLite to PostgreSQL or back, with all bots stopped; FROM stays as it is.

    The pictures of SQLite are in VITRAGE_DATA_DIR, those of PostgreSQL in VITRAGE_BLOBS or in the database. A move
    that was interrupted goes on when it is started again.
    """
    from bot.storage.moving import move

    settings = _read_settings()
    moved = asyncio.run(
        move(origin, target, settings.blobs_dir, settings.blobs, lambda line: typer.echo(line, err=True))
    )
    typer.echo(f"{moved}. Set VITRAGE_DATABASE to {shown(target)} for every bot and worker, then start them.")


def _sqlite_file() -> tuple[Path, Settings]:
    """Return the file of the database, and the settings.

    Raises:
        CommandError: the database is not on SQLite.
    """
    settings = _read_settings()
    if not settings.database_url.startswith(SQLITE):
        raise CommandError(
            "PostgreSQL is backed up by its own pg_dump and pg_restore: docs/operate.md has the commands."
        )
    return Path(settings.database_url.removeprefix(SQLITE)), settings


def _read_settings() -> Settings:
    """Read the settings.

    Raises:
        SettingsError: one of them is wrong.
    """
    try:
        return Settings()
    except ValidationError as error:
        wrong = error.errors()[0]
        name = f"VITRAGE_{'_'.join(map(str, wrong['loc'])).upper()}"
        raise SettingsError(f"{name} is wrong: {wrong['msg'].removeprefix('Value error, ')}.") from error


def main() -> None:
    """Run a command. An error that the operator can mend is printed as one line, with exit code 1."""
    try:
        app()
    except (KeyboardInterrupt, asyncio.CancelledError):
        sys.exit(130)  # the shell's code for Ctrl-C
    except Exception as error:
        advice = _advice_on(error)
        if advice is None:
            raise
        sys.exit(f"vitrage: {advice}" if advice else 1)  # a part of the program has said it already


def _advice_on(error: BaseException) -> str | None:
    """Return one sentence that tells the operator what to do, or None for an error in the program itself."""
    from telegram.error import InvalidToken

    from bot.demo.supervisor import DemoError
    from bot.operate.server import AddressError
    from bot.storage.errors import StoreError
    from bot.worker.dispatcher import EngineStartError
    from bot.worker.identity import IdentityTakenError

    while isinstance(error, BaseExceptionGroup):  # a TaskGroup wraps the error of its task
        error = error.exceptions[0]
    if isinstance(error, (CommandError, SettingsError, DemoError, StoreError, AddressError, IdentityTakenError)):
        return str(error)
    if isinstance(error, EngineStartError):
        return f"The painter cannot start: {str(error).rstrip('.')} (VITRAGE_WEIGHTS, VITRAGE_DEVICE, VITRAGE_CACHE)."
    if isinstance(error, InvalidToken):
        return "Telegram does not know this VITRAGE_TOKEN: copy it again from @BotFather."
    if isinstance(error, OSError):
        return f"{error}: check VITRAGE_DATA_DIR and VITRAGE_DATABASE."
    return None


if __name__ == "__main__":
    main()
