"""What is acknowledged is kept: killed painters, killed bots, stops in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.chat.i18n import texts
from bot.sandbox.client import Chat, Message, Person
from tests.e2e.test_conversation import choose_small, is_status, result
from tests.support.chat_harness import eventually
from tests.support.program import PATIENCE, House, alive, children_of, demonstration, until

EN = texts("en")


async def painting(house: House, chat: Chat, photos: list[bytes]) -> tuple[Message, Message]:
    """Send two photos and wait until the engine has them; return the request and the status message.

    The chat is not told of each step: a fast machine has painted the picture before it would be.
    """
    await choose_small(chat)
    request = (await chat.send_photos(photos))[0]
    status = await chat.wait(is_status)
    until(lambda: "job_claimed" in house.logged(), "the job is claimed")
    return request, status


async def only(chat: Chat, picture: Message) -> None:
    """Return once this is the only picture of the bot in the chat; the status message may need a moment to go."""

    async def alone() -> bool:
        return [m.id for m in await chat.messages() if m.from_bot and m.photo] == [picture.id]

    await eventually(alone)


async def test_a_killed_painter_costs_an_attempt_not_the_picture(own_house: House, cat: bytes, glass: bytes) -> None:
    """Kill -9 of the engine child in mid-job: a new child finishes it, once, and the bot never stopped answering."""
    own_house.start_bot()
    async with Person(own_house.url) as person:
        chat = await person.open()
        request, _ = await painting(own_house, chat, [cat, glass])
        os.kill(own_house.engine(), signal.SIGKILL)
        await chat.send("/queue")
        assert (await chat.wait(lambda message: "№" in message.text)).from_bot
        await only(chat, await result(chat, request))
    assert "attempt=2" in own_house.logged()


async def test_a_killed_bot_goes_on_where_it_was(own_house: House, cat: bytes, glass: bytes) -> None:
    """Kill -9 of the whole bot in mid-job: no engine is left behind, and after a restart the picture comes, once.

    The draft of another user and the settings survive too.
    """
    own_house.start_bot()
    async with Person(own_house.url, "Ann") as ann, Person(own_house.url, "Bob") as bob:
        chat, draft = await ann.open(), await bob.open()
        await draft.send_photos([cat])
        await draft.wait(lambda message: message.text == EN("draft-content"))
        request, status = await painting(own_house, chat, [cat, glass])
        engine = own_house.engine()
        own_house.kill_bot()
        until(lambda: not alive(engine), "the engine ends with its owner")
        own_house.start_bot()
        picture = await result(chat, request)
        assert picture.id > status.id
        await only(chat, picture)
        await chat.send("/settings")
        assert "• 256" in str((await chat.wait(lambda message: bool(message.buttons))).buttons)
        await choose_small(draft)
        await draft.send_photos([glass])
        assert (await draft.wait(lambda m: m.photo is not None and not is_status(m), timeout=PATIENCE)).reply_to


async def test_a_stop_gives_the_job_back_and_leaves_nothing_running(own_house: House, cat: bytes, glass: bytes) -> None:
    """SIGTERM: the bot ends with success, its child with it; what was not finished is painted after the next start."""
    own_house.start_bot()
    async with Person(own_house.url) as person:
        chat = await person.open()
        request, _ = await painting(own_house, chat, [cat, glass])
        engine = own_house.engine()
        assert own_house.stop_bot() == 0
        assert not alive(engine)
        own_house.start_bot()
        await only(chat, await result(chat, request))


async def test_updates_sent_while_the_bot_was_away_are_answered(own_house: House, cat: bytes, glass: bytes) -> None:
    """Telegram keeps them, and the bot catches up."""
    own_house.start_bot()
    async with Person(own_house.url) as person:
        chat = await person.open()
        await choose_small(chat)
        own_house.kill_bot()
        request = (await chat.send_photos([cat, glass]))[0]
        own_house.start_bot()
        assert (await result(chat, request)).photo is not None


def test_the_bot_process_never_loads_torch() -> None:
    """Only the engine child does: the bot starts quickly, and a broken painter cannot break the chat."""
    code = "import sys, bot.run, bot.doctor, bot.cli; sys.exit(any(m in sys.modules for m in ('torch', 'engine')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_prints_its_url_and_leaves_no_process(number: signal.Signals, tmp_path: Path) -> None:
    """Ctrl-C ends sandbox, bot and painter."""
    with demonstration(tmp_path) as (demo, _):
        family = until(lambda: _two(demo.pid), "sandbox and bot run")
        bot = family[-1]
        family += until(lambda: children_of(bot), "the bot has an engine child")
        demo.send_signal(number)
        assert demo.wait(PATIENCE) == 0
        until(lambda: not any(map(alive, family)), "all processes have ended", seconds=10)


def _two(pid: int) -> list[int] | None:
    children = children_of(pid)
    return children if len(children) == 2 else None


def test_the_demo_paints_once_and_says_how_long_it_took(tmp_path: Path, cat: bytes, glass: bytes) -> None:
    """`vitrage demo --once` goes the whole way as a user would, and exits with success."""
    (tmp_path / "cat.jpg").write_bytes(cat)
    (tmp_path / "glass.jpg").write_bytes(glass)
    done = _once(tmp_path, "cat.jpg", "glass.jpg", "out.jpg")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.jpg").stat().st_size > 1000
    stages = [line.split(" s  ")[1] for line in done.stdout.splitlines()]
    assert stages[:2] == ["sandbox started", "bot online"]
    assert stages[-2] == "picture received"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("none.jpg", "none.jpg", "out.jpg"), "none.jpg"),
        (("bad.jpg", "bad.jpg", "out.jpg"), EN("bad-not-image")),
        (("bad.jpg",), "CONTENT STYLE OUT"),
        (("bad.jpg", "bad.jpg", "no/folder/out.jpg"), "no/folder"),
    ],
)
def test_the_demo_says_in_one_line_what_is_wrong(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    """A missing file, a file that is no picture, a wrong call: one sentence, exit code 1, no traceback."""
    (tmp_path / "bad.jpg").write_bytes(b"hello")
    done = _once(tmp_path, *arguments)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert says in last
    assert "Traceback" not in done.stderr


def _once(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", "demo", "--once", *arguments],
        env={**os.environ, "VITRAGE_WEIGHTS": "builtin"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=4 * PATIENCE,
    )
