"""Styles with a name of the user's own, shared by link; and the operator's check of photos."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.chat.commands.saved_styles import save
from bot.chat.errors import BadPictureError
from bot.chat.i18n import texts
from bot.chat.moderation import Moderation
from bot.sandbox.client import Client
from tests.support.chat_harness import RunningChat, picture, request, run_chat
from tests.support.fakes import ANN, FakeStyleStore, fake_stores
from tests.support.requests import fake_bot, message, message_request, photo_message, services

EN = texts("en")


async def test_a_style_is_saved_used_by_name_mixed_and_shared(running_chat: RunningChat) -> None:
    """/save in reply to a result saves its style, in reply to a photo the photo; others can use the link."""
    async with Client(running_chat.url, "Ann") as ann, Client(running_chat.url, "Bob") as bob:
        chat, other = await ann.open(), await bob.open()
        await request(chat)
        first = await running_chat.claim()
        await running_chat.finish(first)
        answer = await chat.wait(lambda message: message.photo is not None)
        await chat.send("/save Night", reply_to=answer)
        saved = await chat.wait(lambda message: "/style night" in message.text)
        await chat.send("/style night")
        await chat.wait(lambda message: message.text == EN("draft-wish"))
        photo = (await chat.send_photos([picture()]))[0]
        second = await running_chat.claim()
        assert second.sources[1] == first.sources[1]
        await running_chat.finish(second)
        await chat.send("/save dawn", reply_to=photo)
        await chat.wait(lambda message: "/style dawn" in message.text)
        await chat.send("/style night+mosaic+dawn", reply_to=photo)
        mixed = await running_chat.claim()
        assert len(mixed.sources) == 4
        assert mixed.sources[1:3] == (first.sources[1], "preset:mosaic")
        await other.send(f"/start {saved.text.rsplit('=', 1)[1]}")
        await other.wait(lambda message: message.text == EN("draft-wish"))
        await other.send_photos([picture()])
        assert (await running_chat.claim()).style == first.style
        await other.send("/style night")  # names are per user
        await other.wait(lambda message: "pointillism" in message.text)


@pytest.mark.parametrize("name", ["", "mosaic", "000-mosaic", "a" * 31, "a+b", "../x"])
async def test_a_name_that_could_mean_something_else_is_refused(name: str) -> None:
    """Names of presets, recipe codes and mixes of styles keep their meaning."""
    bot, styles = fake_bot(), FakeStyleStore()
    command = message(bot, text=f"/save {name}", reply_to_message=photo_message(bot, "photo"))
    await save(message_request(bot, services(fake_stores(styles=styles)), command, *name.split()))
    [text] = [call.args[1] for call in bot.send_message.await_args_list]
    assert text == (EN("save-taken", style="mosaic") if name == "mosaic" else EN("save-how"))
    assert await styles.names(ANN.user_id) == []


async def test_a_link_without_a_known_style_is_a_plain_start(running_chat: RunningChat) -> None:
    """Anybody can put any text behind ?start=."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await chat.send("/start 000-ZZZZZZZZ")
        await chat.wait(lambda message: message.text == EN("start"))


@asynccontextmanager
async def service() -> AsyncIterator[str]:
    """Run a check that refuses photos of less than 1000 bytes, and fails at more than a megabyte; yields its URL."""

    async def answer(asked: Request) -> Response:
        size = len(await asked.body())
        return Response(status_code=403 if size < 1000 else 500 if size > 1_000_000 else 204)

    server = uvicorn.Server(uvicorn.Config(Starlette(routes=[Route("/", answer, methods=["POST"])]), port=0))
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup()
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/"
    finally:
        await server.shutdown()


async def test_the_operators_check_is_asked_about_each_photo(tmp_path: Path) -> None:
    """A refused photo is not kept; while the check cannot be reached, every photo is refused."""
    async with (
        service() as url,
        run_chat(tmp_path, moderate=Moderation(url).check) as running_chat,
        Client(running_chat.url) as ann,
    ):
        chat = await ann.open()
        await chat.send_photos([picture()], as_file=True)
        await chat.wait(lambda message: message.text == EN("filter-refused"))
        await chat.send_photos([picture(300, 200)], as_file=True)
        await chat.wait(lambda message: message.text == EN("draft-content"))
    with pytest.raises(BadPictureError, match="filter-down"):
        await Moderation(url).check(b"anything")
