"""What users decide about themselves: settings, language, deletion of their data."""

from __future__ import annotations

from bot.chat.i18n import texts
from bot.sandbox.client import Chat, Client, Message
from bot.storage.models import Recipe
from tests.support.chat_harness import RunningChat, from_bot, picture, request
from tests.support.settings_menu import choose_setting

EN, RU = texts("en"), texts("ru")


async def menu(chat: Chat) -> Message:
    """Send /settings; return the menu."""
    await chat.send("/settings")
    return await chat.wait(lambda message: EN("button-reset") in str(message.buttons))


async def test_forget_deletes_everything_once_it_is_confirmed(running_chat: RunningChat) -> None:
    """Jobs and settings are deleted after the confirmation, and not before."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await running_chat.stores.settings.save_recipe(ann.id, Recipe("fine"))
        await request(chat)
        job = await running_chat.claim()
        await chat.send("/forget")
        question = await chat.wait(lambda message: message.text == EN("forget"))
        await chat.press(question, EN("button-keep"))
        assert await running_chat.stores.jobs.get(job.id) is not None
        await chat.send("/forget")
        question = await chat.wait(lambda message: message.text == EN("forget"))
        await chat.press(question, EN("button-forget"))
        await chat.wait(lambda message: message.text == EN("forgotten"))
        assert await running_chat.stores.jobs.get(job.id) is None
        assert await running_chat.stores.settings.recipe(ann.id) is None


async def test_the_bot_speaks_the_language_that_was_chosen(running_chat: RunningChat) -> None:
    """It takes precedence over the language of the Telegram client, and later jobs have it too."""
    async with Client(running_chat.url, language="en") as ann:
        chat = await ann.open()
        await chat.send("/language")
        question = await chat.wait()
        await chat.press(question, RU("language-name"))
        await chat.wait(lambda message: message.text == RU("language-chosen"))
        await chat.send("/queue")
        await chat.wait(lambda message: message.text == RU("queue-empty"))
        await request(chat)
        assert (await running_chat.claim()).language == "ru"


async def test_a_picture_comes_as_a_file_where_that_was_chosen_and_reset_takes_it_back(
    running_chat: RunningChat,
) -> None:
    """The output is a setting; Reset returns to the defaults."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await choose_setting(chat, "Quality", EN("quality-fine"))
        await choose_setting(chat, "Sent as", EN("output-file"))
        await request(chat)
        job = await running_chat.claim()
        assert (job.recipe.quality, job.output) == ("fine", "file")
        made = picture(300, 200, "teal")
        await running_chat.finish(job, made)
        answer = await chat.wait(lambda message: message.document is not None)
        assert await chat.download(answer) == made
        assert EN("button-again") in str(answer.buttons)
        await chat.press(await menu(chat), EN("button-reset"))
        await request(chat)
        job = await running_chat.claim()
        assert (job.recipe, job.output) == (Recipe(), "photo")


async def test_privacy_says_how_long_and_nothing_is_sent_unasked(running_chat: RunningChat) -> None:
    """/privacy has one answer, with the hours for which data are kept."""
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await chat.send("/privacy")
        assert "48" in (await chat.wait()).text
        assert len(await from_bot(chat)) == 1
