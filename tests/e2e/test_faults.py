"""What the bot has acknowledged is kept when it, or its engine child, is killed or stopped in the middle of a job."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from bot.chat.i18n import texts
from bot.sandbox.client import Chat, Client, Message
from tests.support.conversation import choose_small, is_status, restarted, result
from tests.support.database_lock import locked_by_another_program
from tests.support.jobs import eventually
from tests.support.program import PATIENCE, Program, alive, until

EN = texts("en")


async def painting(program: Program, chat: Chat, photos: list[bytes]) -> tuple[Message, Message]:
    """Send two photos and wait until the engine has them; return the request and the status message.

    The bot's log shows this; the status message may not, as a fast machine paints the picture between two of its edits.
    """
    await choose_small(chat)
    request = (await chat.send_photos(photos))[0]
    status = await chat.wait(is_status)
    until(lambda: "job_claimed" in program.logged(), "the job is claimed")
    return request, status


async def only(chat: Chat, picture: Message) -> None:
    """Wait until this is the only picture of the bot in the chat: the status message is deleted a little later."""

    async def alone() -> bool:
        return [m.id for m in await chat.messages() if m.from_bot and m.photo] == [picture.id]

    await eventually(alone)


async def test_a_killed_engine_costs_an_attempt_not_the_picture(
    fake_program: Program, cat: bytes, glass: bytes
) -> None:
    """SIGKILL to the engine child during a job: a new child finishes it, once, and the bot answers all the time."""
    fake_program.start_bot()
    async with Client(fake_program.url) as person:
        chat = await person.open()
        request, _ = await painting(fake_program, chat, [cat, glass])
        os.kill(fake_program.engine(), signal.SIGKILL)
        await chat.send("/queue")
        assert (await chat.wait(lambda message: "№" in message.text)).from_bot
        await only(chat, await result(chat, request))
    assert "attempt=2" in fake_program.logged()


@restarted
async def test_a_killed_bot_goes_on_where_it_was(fake_program: Program, cat: bytes, glass: bytes) -> None:
    """SIGKILL to the bot during a job: its engine child ends, and after a restart the picture comes, once.

    The draft of another user and the settings are kept too.
    """
    fake_program.start_bot()
    async with Client(fake_program.url, "Ann") as ann, Client(fake_program.url, "Bob") as bob:
        chat, draft = await ann.open(), await bob.open()
        await draft.send_photos([cat])
        await draft.wait(lambda message: message.text == EN("draft-content"))
        request, status = await painting(fake_program, chat, [cat, glass])
        engine = fake_program.engine()
        fake_program.kill_bot()
        until(lambda: not alive(engine), "the engine ends with its parent")
        fake_program.start_bot()
        picture = await result(chat, request)
        assert picture.id > status.id
        await only(chat, picture)
        await chat.send("/settings")
        size = EN("setting-size", value=EN("size-pixels", size="256"))
        assert size in str((await chat.wait(lambda message: bool(message.buttons))).buttons)
        await choose_small(draft)
        await draft.send_photos([glass])
        assert (await draft.wait(lambda m: m.photo is not None and not is_status(m), timeout=PATIENCE)).reply_to


@restarted
async def test_a_stop_gives_the_job_back_and_leaves_nothing_running(
    fake_program: Program, cat: bytes, glass: bytes
) -> None:
    """SIGTERM: the bot and its child end with success; the unfinished picture is painted after the next start."""
    fake_program.start_bot()
    async with Client(fake_program.url) as person:
        chat = await person.open()
        request, _ = await painting(fake_program, chat, [cat, glass])
        engine = fake_program.engine()
        assert fake_program.stop_bot() == 0
        assert not alive(engine)
        fake_program.start_bot()
        await only(chat, await result(chat, request))


async def test_a_locked_database_ends_nothing(fake_program: Program, cat: bytes, glass: bytes) -> None:
    """Under the lock of a backup the bot goes on and takes nothing that it cannot keep; afterwards it answers."""
    fake_program.start_bot()
    assert fake_program.bot is not None
    async with Client(fake_program.url) as person:
        chat = await person.open()
        await choose_small(chat)
        with locked_by_another_program(fake_program.folder / "data" / "vitrage.db"):
            request = (await chat.send_photos([cat, glass]))[0]
            until(lambda: "store_busy" in fake_program.logged(), "the lock is met")
            # The worker gives up after a second and tries again: by then an update that was taken would be answered.
            until(lambda: fake_program.logged().count("no_job_claimed") > 2, "the worker has waited too")
            assert not [m for m in await chat.messages() if m.id > request.id and m.from_bot]
            assert fake_program.bot.poll() is None
        await only(chat, await result(chat, request))


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"weights": "none.pth"}, "vitrage: The painter cannot start: There is no weights file none.pth"),
        ({"data_dir": "file/data"}, "vitrage: [Errno 20] Not a directory: 'file/data"),
        ({"database": "sqlite:///newer.db"}, "has version 1000, but this program reads versions"),
    ],
)
def test_settings_that_cannot_work_end_the_bot(tmp_path: Path, settings: dict[str, str], says: str) -> None:
    """At once, with one sentence and exit code 1."""
    (tmp_path / "file").touch()
    with closing(sqlite3.connect(tmp_path / "newer.db")) as newer:
        newer.execute("PRAGMA user_version = 1000")
    program = Program(tmp_path, **settings)
    try:
        program.start_bot()
        assert program.bot is not None
        assert program.bot.wait(PATIENCE) == 1
        assert says in program.logged().splitlines()[-1]
        assert "Traceback" not in program.logged()
    finally:
        program.close()


# The press that the killed bot may not have recorded as handled yet: it is answered and its message edited once more.
@pytest.mark.refused("answerCallbackQuery", "query is too old", always=False)
@restarted
async def test_updates_sent_while_the_bot_was_away_are_answered(
    fake_program: Program, cat: bytes, glass: bytes
) -> None:
    """Telegram keeps them, and the bot catches up."""
    fake_program.start_bot()
    async with Client(fake_program.url) as person:
        chat = await person.open()
        await choose_small(chat)
        fake_program.kill_bot()
        request = (await chat.send_photos([cat, glass]))[0]
        fake_program.start_bot()
        assert (await result(chat, request)).photo is not None


def test_the_bot_process_never_loads_torch() -> None:
    """Only the engine child does: the bot starts quickly, and a fault of torch cannot end the chat.

    Of the engine the bot has only rooms without torch: those that read, draw and combine pictures, and the votes.
    They have drawn and read a picture here.
    """
    code = (
        "import sys, bot.run, bot.doctor, bot.cli\n"
        "from bot.chat.images.check import check; from bot.presets.catalogue import DRAWN\n"
        "import io; file = io.BytesIO(); DRAWN['mosaic']().save(file, 'PNG'); check(file.getvalue())\n"
        "parts = (name.split('.') for name in sys.modules)\n"
        "print(*sorted({'.'.join(part[:2]) for part in parts if part[0] in ('torch', 'engine')}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    rooms = {f"engine.{name}" for name in ("combine", "drawing", "errors", "options", "reading", "sizes", "study")}
    assert set(done.stdout.split()) <= {"engine", *rooms}
