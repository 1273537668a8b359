"""/settings: what can be chosen, and how long it takes on this server."""

from __future__ import annotations

import asyncio

from bot.chat.i18n import texts
from bot.sandbox.client import Client
from bot.storage.models import Recipe
from tests.support.chat_harness import REPORT, RunningChat, picture, request
from tests.support.settings_menu import menu_of, open_setting

EN, RU = texts("en"), texts("ru")


async def test_the_menu_is_a_short_list_of_present_values(running_chat: RunningChat) -> None:
    """A line for each setting with its value; a line opens its choices with what they mean, and leads back."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        menu = await menu_of(chat)
        lines = [[button.text for button in row] for row in menu.buttons]
        values = {"quality": EN("quality-standard"), "size": EN("size-auto"), "strength": "80 %"}
        assert lines[:3] == [[EN(f"setting-{name}", value=value)] for name, value in values.items()]
        assert (len(lines), {len(line) for line in lines}) == (8, {1})
        choices = await open_setting(chat, menu, "Colours")
        assert EN("about-colors") in choices.text
        shown = [button.text for row in choices.buttons for button in row]
        assert shown == [f"• {EN('colors-style')}", EN("colors-content"), EN("colors-match"), EN("button-back")]
        await chat.press(menu, EN("button-back"))
        back = await chat.wait(lambda message: message.id == menu.id and EN("button-reset") in str(message.buttons))
        assert (back.text, back.buttons) == (menu.text, menu.buttons)


async def test_strokes_can_be_chosen_and_reset(running_chat: RunningChat) -> None:
    """The next job has the strokes, its caption names them, and its recipe code repeats them."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        menu = await menu_of(chat)
        await open_setting(chat, menu, "Strokes")
        assert (await chat.press(menu, EN("strokes-large"))).text == EN("settings-saved")
        changed = await chat.wait(lambda message: message.id == menu.id and EN("button-reset") in str(message.buttons))
        assert EN("setting-strokes", value=EN("strokes-large")) in str(changed.buttons)
        opened = await open_setting(chat, changed, "Strokes")
        chosen = [button for row in opened.buttons for button in row if button.text.startswith("•")]
        assert [(button.text, button.style) for button in chosen] == [(f"• {EN('strokes-large')}", "primary")]
        await chat.press(menu, EN("button-back"))
        await chat.wait(lambda message: message.id == menu.id and EN("button-reset") in str(message.buttons))
        await request(chat)
        job = await running_chat.claim()
        assert job.recipe == Recipe(strokes="large")
        await running_chat.finish(job)
        answer = await chat.wait(lambda message: message.photo is not None)
        assert EN("choice-strokes", strokes=EN("strokes-large")) in answer.text
        await chat.press(menu, EN("button-reset"))
        photo = (await chat.send_photos([picture()]))[0]
        await chat.wait(lambda message: message.text == EN("draft-content"))
        await chat.send("/cancel")
        await chat.send(answer.text.split()[-1], reply_to=photo)
        assert (await running_chat.claim()).recipe == Recipe(strokes="large")


async def test_each_choice_is_shown_with_its_cost_on_this_server(running_chat: RunningChat) -> None:
    """Estimates come from earlier jobs; a quality that was never painted has none."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        assert "server" not in (await menu_of(chat)).text
        for recipe, seconds in ((Recipe("sketch"), 20.0), (Recipe("standard"), 64.0)):
            await running_chat.stores.settings.save_recipe(ann.id, recipe)
            await request(chat)
            job = await running_chat.claim()
            report = REPORT | {"size": [512, 341]}
            assert await running_chat.stores.work.complete(
                job, await running_chat.stores.blobs.put(picture()), report, seconds
            )
            await running_chat.settled()
        menu = await menu_of(chat)
        assert EN("settings-estimate", time=EN.duration(64)) in menu.text
        text = (await open_setting(chat, menu, "Quality")).text
        qualities = [f"{EN('quality-sketch')} · {EN.duration(20)}", f"{EN('quality-standard')} · {EN.duration(64)}"]
        assert text.splitlines()[-3:] == [EN("settings-costs"), *qualities]
        text = (await open_setting(chat, await menu_of(chat), "Longest side")).text
        assert f"{EN('size-pixels', size='256')} · {EN.duration(16)}" in text
        assert f"{EN('size-pixels', size='1024')} · {EN.duration(256)}" in text


async def test_presses_that_meet_edit_once(running_chat: RunningChat) -> None:
    """What a message shows already is not edited again: Telegram refuses that ("message is not modified")."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        menu = await menu_of(chat)
        answers = await asyncio.gather(*[chat.press(menu, EN("button-reset")) for _ in range(3)])
        line = menu.buttons[0][0].data
        await running_chat.fault(ann, "delay", "editMessageText", seconds=0.3)  # so that all are pressed by then
        answers += await asyncio.gather(*[chat.press(menu, line) for _ in range(3)])
        assert all(answer.answered for answer in answers)
        opened = await chat.wait(lambda message: message.id == menu.id and EN("button-back") in str(message.buttons))
        assert EN("about-quality") in opened.text
        calls = (await ann.call("GET", "/api/wire"))["calls"]
        assert [call["method"] for call in calls].count("editMessageText") == 1


async def test_the_language_is_a_setting_too(running_chat: RunningChat) -> None:
    """The menu changes to it at once, and so do the answers that follow."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        menu = await menu_of(chat)
        await open_setting(chat, menu, "Language")
        assert (await chat.press(menu, RU("language-name"))).text == RU("settings-saved")
        changed = await chat.wait(lambda message: message.id == menu.id and RU("button-reset") in str(message.buttons))
        assert RU("settings") in changed.text
        await chat.send("/queue")
        await chat.wait(lambda message: message.text == RU("queue-empty"))
