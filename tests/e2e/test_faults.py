"""What is acknowledged is kept: killed painters, killed bots, stops in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from bot.chat.i18n import texts
from bot.sandbox.client import Chat, Message, Person
from tests.support.chat_harness import eventually
from tests.support.conversation import choose_small, is_status, result
from tests.support.program import PATIENCE, Program, alive, until

EN = texts("en")


async def painting(program: Program, chat: Chat, photos: list[bytes]) -> tuple[Message, Message]:
    """Send two photos and wait until the engine has them; return the request and the status message.

    The chat is not told of each step: a fast machine has painted the picture before it would be.
    """
    await choose_small(chat)
    request = (await chat.send_photos(photos))[0]
    status = await chat.wait(is_status)
    until(lambda: "job_claimed" in program.logged(), "the job is claimed")
    return request, status


async def only(chat: Chat, picture: Message) -> None:
    """Return once this is the only picture of the bot in the chat; the status message may need a moment to go."""

    async def alone() -> bool:
        return [m.id for m in await chat.messages() if m.from_bot and m.photo] == [picture.id]

    await eventually(alone)


async def test_a_killed_painter_costs_an_attempt_not_the_picture(
    own_program: Program, cat: bytes, glass: bytes
) -> None:
    """Kill -9 of the engine child in mid-job: a new child finishes it, once, and the bot never stopped answering."""
    own_program.start_bot()
    async with Person(own_program.url) as person:
        chat = await person.open()
        request, _ = await painting(own_program, chat, [cat, glass])
        os.kill(own_program.engine(), signal.SIGKILL)
        await chat.send("/queue")
        assert (await chat.wait(lambda message: "№" in message.text)).from_bot
        await only(chat, await result(chat, request))
    assert "attempt=2" in own_program.logged()


async def test_a_killed_bot_goes_on_where_it_was(own_program: Program, cat: bytes, glass: bytes) -> None:
    """Kill -9 of the whole bot in mid-job: no engine is left behind, and after a restart the picture comes, once.

    The draft of another user and the settings survive too.
    """
    own_program.start_bot()
    async with Person(own_program.url, "Ann") as ann, Person(own_program.url, "Bob") as bob:
        chat, draft = await ann.open(), await bob.open()
        await draft.send_photos([cat])
        await draft.wait(lambda message: message.text == EN("draft-content"))
        request, status = await painting(own_program, chat, [cat, glass])
        engine = own_program.engine()
        own_program.kill_bot()
        until(lambda: not alive(engine), "the engine ends with its owner")
        own_program.start_bot()
        picture = await result(chat, request)
        assert picture.id > status.id
        await only(chat, picture)
        await chat.send("/settings")
        assert "• 256" in str((await chat.wait(lambda message: bool(message.buttons))).buttons)
        await choose_small(draft)
        await draft.send_photos([glass])
        assert (await draft.wait(lambda m: m.photo is not None and not is_status(m), timeout=PATIENCE)).reply_to


async def test_a_stop_gives_the_job_back_and_leaves_nothing_running(
    own_program: Program, cat: bytes, glass: bytes
) -> None:
    """SIGTERM: the bot ends with success, its child with it; what was not finished is painted after the next start."""
    own_program.start_bot()
    async with Person(own_program.url) as person:
        chat = await person.open()
        request, _ = await painting(own_program, chat, [cat, glass])
        engine = own_program.engine()
        assert own_program.stop_bot() == 0
        assert not alive(engine)
        own_program.start_bot()
        await only(chat, await result(chat, request))


async def test_updates_sent_while_the_bot_was_away_are_answered(own_program: Program, cat: bytes, glass: bytes) -> None:
    """Telegram keeps them, and the bot catches up."""
    own_program.start_bot()
    async with Person(own_program.url) as person:
        chat = await person.open()
        await choose_small(chat)
        own_program.kill_bot()
        request = (await chat.send_photos([cat, glass]))[0]
        own_program.start_bot()
        assert (await result(chat, request)).photo is not None


def test_the_bot_process_never_loads_torch() -> None:
    """Only the engine child does: the bot starts quickly, and a broken painter cannot break the chat."""
    code = "import sys, bot.run, bot.doctor, bot.cli; sys.exit(any(m in sys.modules for m in ('torch', 'engine')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
