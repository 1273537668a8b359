"""What a picture does to the process that decodes it stays there: the bot answers with one sentence and goes on."""

from __future__ import annotations

import ast
import asyncio
import ctypes
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from PIL import Image

from bot.chat.errors import BadPictureError
from bot.chat.i18n import texts
from bot.chat.images import advice, decoding, edits, timelapse
from bot.chat.images.ballot_sheet import ballot_sheet
from bot.chat.images.calls import FUNCTIONS
from bot.chat.images.check import check, size_of
from bot.chat.images.decoding import in_child
from bot.chat.images.drawn_mask import mask_of
from bot.sandbox.client import Client
from engine.reading.formats import known_formats
from tests.support import hostile
from tests.support.chat_harness import RunningChat, picture
from tests.support.jobs import eventually
from tests.support.kinds import CAT, KINDS
from tests.support.mutations import seeds
from tests.support.pictures import encoded
from tests.support.videos import video

EN = texts("en")
LANDLOCK = ctypes.CDLL(None).syscall(444, None, 0, 1) if sys.platform == "linux" else 0  # its version
PHOTO = encoded(CAT)
PAINTED = encoded(CAT.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
MARKED = CAT.copy()
MARKED.paste("red", (150, 30, 220, 120))
CALLS: dict[Callable[..., Any], tuple[Any, ...]] = {
    check: (PHOTO,),
    size_of: (b"no picture",),
    mask_of: (PHOTO, encoded(MARKED, quality=95)),
    ballot_sheet: (PHOTO, PAINTED, PHOTO, PAINTED),
    advice.look: (PHOTO, None),
    timelapse.look: (video([CAT] * 3),),
    edits.as_photo: (PHOTO,),
    edits.as_preview: (PHOTO,),
    edits.blends: (PHOTO, PAINTED, [20, 80]),
    edits.cropped: (PHOTO, PAINTED, 0.8),
    edits.denoised: (PHOTO,),
    edits.enlarged: (PHOTO,),
    edits.gallery: ([PHOTO, PAINTED],),
    edits.gentler_faces: (PHOTO, PAINTED),
    edits.side_by_side: (PHOTO, PAINTED),
    edits.sticker: (PHOTO,),
}


@pytest.fixture
def hostile_child(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have pictures decoded by children that know the hostile functions, and end these children afterwards."""
    monkeypatch.setattr(decoding, "COMMAND", (sys.executable, "-m", "tests.support.hostile"))
    monkeypatch.setattr(decoding, "_idle", [])
    yield
    decoding._end_all()


async def refusal(function: Callable[..., Any]) -> str:
    """Return the name of the sentence with which a call is refused."""
    with pytest.raises(BadPictureError) as refused:
        await in_child(function)
    return refused.value.name


async def test_every_function_returns_there_what_it_returns_here() -> None:
    """Bytes, lists, sizes, texts and nothing; all that the chat does with pictures is tried."""
    assert CALLS.keys() == set(FUNCTIONS.values())
    for function, arguments in CALLS.items():
        assert await in_child(function, *arguments) == function(*arguments), function


async def test_a_refusal_comes_with_its_values() -> None:
    """The sentence names width and height; a file that an edit cannot read has a sentence too."""
    with pytest.raises(BadPictureError) as refused:
        await in_child(check, encoded(Image.new("RGB", (15, 200)), "PNG"))
    assert (refused.value.name, refused.value.values) == ("bad-too-small", {"width": 15, "height": 200, "limit": 16})
    with pytest.raises(BadPictureError, match="bad-not-image"):
        await in_child(edits.sticker, b"no picture")


@pytest.mark.usefixtures("hostile_child")
@pytest.mark.parametrize(
    "function", [hostile.crash, hostile.fail, hostile.loop, hostile.wait, hostile.grab, hostile.lie]
)
async def test_whatever_happens_is_one_sentence_and_the_next_picture_is_decoded(function: Callable[..., Any]) -> None:
    """A crash, an error, endless work, endless waiting, too much memory, an answer of another type."""
    assert await refusal(function) == "bad-heavy"
    await in_child(check, PHOTO)


@pytest.mark.usefixtures("hostile_child")
async def test_each_picture_has_a_process_of_its_own_without_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    """No token, no database, no pipe to the bot, no core dumps; and none has seen the picture before."""
    monkeypatch.setenv("VITRAGE_TOKEN", "1:secret")
    monkeypatch.setenv("PGPASSWORD", "secret")
    assert set(await in_child(hostile.surroundings)) <= {*decoding.INHERITED, *decoding.ONE_THREAD, "PTB_TIMEDELTA"}
    assert await in_child(hostile.forge) == b"all closed"
    assert await in_child(hostile.privileges) == [16, 16, 0, 0]
    first, second = [await in_child(hostile.process) for _ in range(2)]
    assert first[0] != second[0]
    assert first[1] == second[1]
    assert psutil.Process(first[1]).num_threads() == 1  # else it could not be forked


@pytest.mark.usefixtures("hostile_child")
@pytest.mark.skipif(LANDLOCK < 6, reason="this kernel does not keep processes from all of it")
async def test_a_picture_reaches_no_file_no_network_and_no_process(tmp_path: Path) -> None:
    """Nor what the system tells of the bot: its environment has the token."""
    secret = tmp_path / "secret"
    secret.write_text("1:secret")
    with socket.create_server(("127.0.0.1", 0)) as server:
        for path in (str(secret), f"/proc/{os.getpid()}/environ"):
            assert hostile.reach(path, server.getsockname()[1], os.getpid()) != []
            assert await in_child(hostile.reach, path, server.getsockname()[1], os.getpid()) == []


async def test_every_kind_of_picture_is_decoded_without_any_file() -> None:
    """All that a decoder loads is there before the process is confined."""
    for data in (*(data for name in known_formats() for data in seeds(name)), *(kind.data for kind in KINDS.values())):
        assert await in_child(edits.as_photo, data) == edits.as_photo(data)


@pytest.mark.usefixtures("hostile_child")
async def test_a_call_that_is_cancelled_ends_its_processes() -> None:
    """So the program stops at once, whatever is being decoded."""
    _, child = await in_child(hostile.process)
    running = asyncio.create_task(in_child(hostile.wait))
    await eventually(lambda: _has_forked(child))
    forks = psutil.Process(child).children()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert not psutil.pid_exists(child)
    await eventually(lambda: _gone(forks))


async def _has_forked(child: int) -> bool:
    return bool(psutil.Process(child).children())


async def _gone(processes: list[psutil.Process]) -> bool:
    return not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in processes)


@pytest.mark.usefixtures("hostile_child")
async def test_a_child_that_does_not_answer_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that has ended between two calls, which costs no picture."""
    _, child = await in_child(hostile.process)
    os.kill(child, signal.SIGSTOP)
    with monkeypatch.context() as patch:
        patch.setattr(decoding, "PATIENCE", 0.5)
        assert await refusal(hostile.process) == "bad-heavy"
    _, child = await in_child(hostile.process)
    os.kill(child, signal.SIGKILL)
    await eventually(lambda: _gone([psutil.Process(child)]))
    assert (await in_child(hostile.process))[1] != child


def test_a_child_ends_with_its_parent() -> None:
    """The end of its input is all that it needs."""
    done = subprocess.run(decoding.COMMAND, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")


@pytest.mark.usefixtures("hostile_child")
async def test_who_sends_a_picture_that_crashes_the_decoder_is_told(running_chat: RunningChat) -> None:
    """And the next photo is taken."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await chat.send_photos([hostile.CRASHING], as_file=True)
        await chat.wait(lambda message: message.text == EN("bad-heavy"))
        await chat.send_photos([picture()])
        await chat.wait(lambda message: message.text == EN("draft-content"))


def test_the_chat_decodes_no_picture_in_the_bots_process() -> None:
    """Outside `images` every function that decodes is handed to `in_child` and never called; no other door is open."""
    names = {name.split(".")[1] for name in FUNCTIONS}
    root = Path(decoding.__file__).parents[1]
    for path in root.rglob("*.py"):
        if path.parent.name == "images":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                called = ast.unparse(node.func)
                assert called.rpartition(".")[2] not in names, f"{path}:{node.lineno} calls {called}"
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith(("PIL", "engine.reading")), f"{path}:{node.lineno}"
