"""Goes through everything that a chat can do, with the real bot and the real engine, and takes screenshots of it.

    python -m benchmarks.walk FOLDER

The numbered screenshots of the web chat are to be looked at by a person. Every call of the bot is checked as in the
tests (`tests/support/second_opinion`): it ends with 1 when Telegram would have refused one. It takes about ten minutes
on two cores.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import sys
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, ClassVar

from PIL import Image
from playwright.async_api import Browser, Page, ViewportSize, expect
from skimage import data

from bot.sandbox.client import Chat, Client, Message
from engine.drawing.glass import stained_glass
from tests.support.chromium import chromium
from tests.support.conversation import choose_size
from tests.support.pencil import Pencil
from tests.support.pictures import encoded
from tests.support.program import Program
from tests.support.second_opinion.check import problems
from tests.support.second_opinion.watch import WATCH, LoggedCall
from tests.support.videos import video

OPERATOR = 1_000_001  # the first person of a sandbox
PATIENCE = 400.0  # seconds for a picture, also on a busy machine
WINDOW = ViewportSize(width=1000, height=1100)
PHONE: dict[str, Any] = {"viewport": ViewportSize(width=390, height=844), "is_mobile": True, "has_touch": True}
# Whether all pictures that are on the screen are there.
SEEN = """() => [...document.images].every(
    (each) => each.complete || each.getBoundingClientRect().bottom < 0 || each.getBoundingClientRect().top > innerHeight
)"""
CHOICES = ("quality", "size", "strokes", "output")  # settings whose choices are shown in each window
CAT, ROCKET, COFFEE = (Image.fromarray(getattr(data, name)()) for name in ("chelsea", "rocket", "coffee"))


class Walk:
    """Somebody's chat, and the window that shows it.

    Attributes:
        calls: All calls of the bot so far.
    """

    calls: ClassVar[list[LoggedCall]] = []

    def __init__(self, page: Page, chat: Chat, folder: Path) -> None:
        self.page, self.chat, self.folder = page, chat, folder

    async def show(self, name: str) -> None:
        """Photograph the end of the chat as it is now, of its newest topic if it has any."""
        self.calls += WATCH.taken()  # before the sandbox forgets them
        if (entry := self.page.locator(f"[data-key='{self.chat.key}']")) and await entry.is_visible():
            await entry.click()
        for topic in (await self.page.get_by_test_id("topic").all())[-1:]:
            await topic.click()
        await expect(self.page.get_by_test_id("message").last).to_be_visible()
        await self.page.evaluate("() => { const log = document.querySelector('.log'); log.scrollTop = 1e9; }")
        await self.page.wait_for_function(SEEN)
        number = len(list(self.folder.glob("*.png"))) + 1
        await self.page.screenshot(path=self.folder / f"{number:02} {name}.png", animations="disabled")

    async def say(self, text: str, name: str, **more: Any) -> Message:
        """Send a text, wait for the answer, photograph it."""
        await self.chat.send(text, **more)
        answer = await self.chat.wait(timeout=60)
        await self.show(name)
        return answer

    async def picture(self) -> Message:
        """Wait for a finished picture."""
        return await self.chat.wait(lambda message: "do:" in str(message.raw), timeout=PATIENCE)

    async def preview(self) -> Message:
        """Wait until there is something to see of a picture."""
        return await self.chat.wait(lambda message: "stop:" in str(message.raw), timeout=PATIENCE)

    async def press(self, message: Message, action: str, name: str, wanted: Callable[[Message], object]) -> Message:
        """Press a button by the end of its data, wait for what comes of it, photograph that."""
        shown = await self._shown(message, action)
        data = next(each.data for row in shown.buttons for each in row if each.data.endswith(action))
        await self.chat.press(message, data)
        answer = await self.chat.wait(wanted, timeout=PATIENCE)
        await self.show(name)
        return answer

    async def _shown(self, message: Message, action: str) -> Message:
        """Return the message with the page of its buttons that has the action; photograph the pages on the way."""
        for _ in ("one page", "the other"):
            [now] = [each for each in await self.chat.messages() if each.id == message.id]
            if any(each.data.endswith(action) for row in now.buttons for each in row):
                return now
            turn = next(each.data for row in now.buttons for each in row if each.data.startswith("page:"))
            await self.chat.press(message, turn)
            await self.chat.wait(lambda changed, turn=turn: changed.id == message.id and turn not in str(changed.raw))
            await self.show(f"buttons {turn.rpartition(':')[2]}")
        raise ValueError(f"no button for {action}")


async def private(walk: Walk, glass: bytes) -> None:
    """One person's way, from the first word to the last button."""
    chat = walk.chat
    await walk.say("/start", "start")
    settings = await walk.say("/settings", "settings")
    await walk.press(settings, ":strokes", "settings strokes", lambda message: ":strokes:" in str(message.raw))
    await choose_size(chat, 512)  # slow enough to be seen at work
    await chat.send("/presets")
    await chat.wait(lambda message: message.photo)
    await walk.show("presets")
    await chat.send_photos([encoded(CAT)])
    await chat.wait(lambda message: bool(message.buttons))
    await walk.show("question")
    await chat.send_photos([glass])
    await walk.preview()
    await walk.show("live message")
    result = await walk.picture()
    await walk.show("result")
    await choose_size(chat, 256)
    after = (await chat.messages())[-1].id
    for action in ("strip", "compare", "denoise", "faces", "timelapse", "sticker", "file", "print"):
        await walk.press(result, f":{action}", action, lambda message: message.id > after or message.edited)
    await walk.press(result, ":swap", "swap", lambda message: "do:" in str(message.raw) and message.id > after)
    await choose_size(chat, 512)  # slow enough to be stopped
    live = await walk.press(result, ":again", "again", lambda message: "stop:" in str(message.raw))
    await choose_size(chat, 256)
    await walk.press(live, live.buttons[0][0].data, "stopped", lambda message: "do:" in str(message.raw))
    await walk.press(result, ":stronger", "stronger", lambda message: "do:" in str(message.raw) and message.id > after)
    await part(walk, result)
    await walk.say("/save window", "named", reply_to=result)
    await words(walk, result)


async def menus(walk: Walk, name: str) -> None:
    """The buttons under a picture, /settings and its choices, as they look in this window; `name` is the window's."""
    await choose_size(walk.chat, 256)
    await walk.chat.send_photos([encoded(CAT)], "/style mosaic")
    result = await walk.picture()
    await walk.show(f"{name} buttons")
    await walk.press(result, ":more", f"{name} more", lambda message: message.id == result.id)
    menu = await walk.say("/settings", f"{name} settings")
    for field in CHOICES:
        await walk.press(menu, f":{field}", f"{name} {field}", lambda message: message.id == menu.id)
        back = f"settings:{walk.chat.client.id}"
        await walk.chat.press(menu, back)
        await walk.chat.wait(lambda message: message.id == menu.id and "open:" in str(message.raw))


async def part(walk: Walk, result: Message) -> None:
    """A picture painted where its user has drawn a line around something, and hidden ones."""
    chat, after = walk.chat, result.id
    asked = await walk.press(result, ":part", "only a part", lambda message: message.photo and message.id > after)
    photo = Image.open(io.BytesIO(await chat.download(asked)))
    marked = Pencil(photo).encircle((0.3, 0.15, 0.8, 0.9)).photo
    after = (await chat.send_photos([encoded(marked)], reply_to=asked))[0].id
    await chat.wait(lambda message: "do:" in str(message.raw) and message.id > after, timeout=PATIENCE)
    await walk.show("painted in part")
    after = (await chat.send_photos([encoded(CAT), encoded(ROCKET)], spoiler=True))[-1].id
    await chat.wait(lambda message: "do:" in str(message.raw) and message.id > after, timeout=PATIENCE)
    await walk.show("under a spoiler")


async def words(walk: Walk, result: Message) -> None:
    """What a recipe code and the commands answer."""
    chat = walk.chat
    code = result.text.split()[-1]
    [photo] = await chat.send_photos([encoded(COFFEE)])
    await chat.wait(lambda message: bool(message.buttons))
    live = await walk.say(code, "recipe code", reply_to=photo)
    cancel = next(each.data for row in live.buttons for each in row if each.data.startswith("cancel:"))
    await walk.press(live, cancel, "cancelled", lambda message: message.id == live.id and not message.buttons)
    for text in ("/queue", "/privacy", "/language", "/forget", "/help"):
        await walk.say(text, text[1:])


async def inputs(walk: Walk, glass: bytes) -> None:
    """Everything that counts as a picture, advice, the contact sheet, and limits."""
    chat = walk.chat
    await chat.send_sticker(encoded(ROCKET, "PNG"))
    await chat.wait(lambda message: bool(message.buttons))
    await chat.send_photos([video([CAT.resize((450, 300))] * 6, sound=True)])
    await chat.wait(lambda message: "cancel:" in str(message.raw))
    await walk.show("sticker and video")
    await chat.send("/cancel")
    await chat.send_photos([encoded(CAT, "PNG"), encoded(Image.new("RGB", (400, 300), "teal"), "PNG")], as_file=True)
    await chat.wait(lambda message: "other:" in str(message.raw), timeout=60)
    await walk.show("files and the coach")
    for number in range(4):
        await chat.send_photos([encoded(CAT), glass], f"album {number}")
        await chat.wait(lambda message: message.from_bot, timeout=60)
    await walk.show("limits")
    await chat.send("/cancel")
    await chat.send_photos([encoded(COFFEE)])
    question = await chat.wait(lambda message: "sheet" in str(message.buttons))
    await walk.press(question, "sheet", "contact sheet", lambda message: "pick:" in str(message.raw))


async def groups(walk: Walk, person: Client, glass: bytes) -> None:
    """A group by replies, its settings, a forum's topic."""
    bot = (await person.call("GET", "/api/bots"))["bots"][0]
    body = {"user": person.id, "title": "Stained glass club", "members": [bot["id"]]}
    walk.chat = person.chat((await person.call("POST", "/api/groups", body))["key"])
    photo = (await walk.chat.send_photos([encoded(CAT)]))[0]
    question = await walk.say("/style", "group question", reply_to=photo)
    await walk.chat.send_photos([glass], reply_to=question)
    await walk.picture()
    await walk.show("group result")
    await walk.say(f"/settings@{bot['username']}", "group settings")
    forum = await person.call("POST", "/api/groups", body | {"title": "Forum", "forum": True})
    path = f"/api/chats/{forum['key']}/topics"
    topic = (await person.call("POST", path, {"user": person.id, "name": "Cats"}))["id"]
    walk.chat = person.chat(forum["key"])
    await walk.chat.send_photos([encoded(CAT)], f"/style@{bot['username']} woodcut", topic=topic)
    await walk.chat.wait(lambda message: "cancel:" in str(message.raw), timeout=60)
    await walk.show("forum topic")
    await walk.chat.send(f"/cancel@{bot['username']}", topic=topic)


async def operators(walk: Walk, operator: Client, other: Client) -> None:
    """What the operator can do, and what others see of it."""
    walk.chat = await operator.open()
    await walk.say("/stats", "stats")
    await walk.say(f"/ban {other.id}", "ban")
    await walk.say(f"/unban {other.id}", "unban")
    await walk.say("/maintenance on", "maintenance")
    await walk.say("/maintenance off", "maintenance over")


@asynccontextmanager
async def window(browser: Browser, person: Client, url: str, **given: Any) -> AsyncIterator[Page]:
    """The web chat as somebody sees it."""
    context = await browser.new_context(**({"viewport": WINDOW} | given))
    chosen = f"localStorage.setItem('person', {person.id}); localStorage.setItem('personName', '{person.name}')"
    await context.add_init_script(chosen)
    page = await context.new_page()
    await page.goto(url)
    await page.wait_for_selector("[data-ready]")
    yield page
    await context.close()


async def walk_through(browser: Browser, program: Program, folder: Path) -> None:
    """Take all screenshots."""
    glass, url = encoded(stained_glass()), program.url
    async with Client(url, "Olga") as olga, Client(url, "Маша", language="ru") as masha:
        async with window(browser, olga, url, locale="en-GB") as page:
            walk = Walk(page, await olga.open(), folder)
            await private(walk, glass)
            await inputs(walk, glass)
            await menus(walk, "desktop en")
            await groups(walk, olga, glass)
            await operators(walk, olga, masha)
        async with window(browser, masha, url, locale="ru-RU", color_scheme="dark") as page:
            walk = Walk(page, await masha.open(), folder)
            for text in ("/start", "/help", "/settings", "/presets"):
                await walk.say(text, f"ru {text[1:]}")
            await menus(walk, "desktop ru")
        for person, name, locale in ((olga, "phone en", "en-GB"), (masha, "phone ru", "ru-RU")):
            async with window(browser, person, url, locale=locale, **PHONE) as page:
                await menus(Walk(page, await person.open(), folder), name)


async def walk_on_sandbox(folder: Path) -> list[str]:
    """Walk through it with a program of its own; return what is wrong with the bot's calls."""
    with tempfile.TemporaryDirectory() as home, WATCH.listening():
        program = Program(Path(home), admins=str(OPERATOR), max_queued="3")
        try:
            program.start_bot()
            async with chromium() as browser:
                await walk_through(browser, program, folder)
        finally:
            program.close()
        calls = Walk.calls + WATCH.taken()
    sys.stdout.write(f"{len(calls)} calls of the bot\n")
    return problems(calls, [], of_the_bot=True)


def main() -> int:
    """Read the arguments, take all screenshots, and print what is wrong with the bot's calls."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="folder for the screenshots; made if there is none")
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    found = asyncio.run(walk_on_sandbox(folder))
    sys.stdout.write("".join(f"{problem}\n" for problem in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
