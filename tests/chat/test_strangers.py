"""Nobody reaches what belongs to somebody else: not by data that no button carries, names, codes, links or file ids."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import get_args

import pytest
from telegram import Chat as ApiChat

from bot.chat import callbacks
from bot.chat.callbacks import Action
from bot.chat.commands.privacy import choose_language
from bot.chat.i18n import texts
from bot.sandbox.client import Chat, Client, Message
from bot.storage.models import Address, Job
from tests.support.chat_harness import RunningChat, group, painted, picture, request
from tests.support.fakes import FakeSettingsStore, fake_stores
from tests.support.requests import GROUP, fake_bot, message, press, said, services

EN = texts("en")
FOREIGN = -1001000000009  # a channel that never wrote to Eve's group


@dataclass(frozen=True)
class Scene:
    """Ann's pictures in her private chat, and Eve, who administers a group of her own.

    Attributes:
        finished, running, queued: Ann's jobs.
        hers: Ann's private chat.
        room: Her group.
        eves: Eve's chats: private, and her group.
        menus: A message of the bot in each of them.
    """

    chat: RunningChat
    finished: Job
    running: Job
    queued: Job
    hers: Chat
    room: Chat
    eve: Client
    eves: tuple[Chat, Chat]
    menus: tuple[Message, Message]

    async def belongings(self) -> list[object]:
        """Return what is Ann's: jobs, kept picture, settings, messages."""
        stores, ann = self.chat.stores, self.hers.client.id
        jobs = [await stores.jobs.get(job.id) for job in (self.finished, self.running, self.queued)]
        rooms = [self.finished.address.chat_id, self.queued.address.chat_id, await _id_of(self.room), FOREIGN]
        kept = [await stores.settings.recipe(each) for each in rooms]
        told = [await stores.settings.preference(each) for each in (*rooms, ann)]
        shown = [
            [(each.id, each.text, each.buttons) for each in await chat.messages()] for chat in (self.hers, self.room)
        ]
        return [jobs, kept, told, await stores.deliveries.kept_result(self.finished.id), shown]

    def made_up(self, ann: int, room: int) -> list[str]:
        """Return data of every kind that names something of Ann's, of her group's or of a channel's."""
        finished, running, queued = self.finished.id, self.running.id, self.queued.id
        deeds = [callbacks.DoWithResult(finished, action) for action in get_args(Action)]
        of_jobs = [
            *(callbacks.Cancel(job) for job in (running, queued)), callbacks.Stop(running), callbacks.Swap(queued),
            callbacks.Remedy(queued), callbacks.OtherStyle(queued), callbacks.UseInstead(queued, "mosaic"),
            callbacks.ShowButtons(finished, "more"), callbacks.Pick(finished, 1), callbacks.Blend(finished, 40),
        ]  # fmt: skip
        of_people = [
            kind
            for each in (ann, room, FOREIGN)
            for kind in (
                callbacks.Choose(each, "quality", "fine"), callbacks.Choose(each, "language", "ru"),
                callbacks.ChooseLanguage(each, "ru"), callbacks.Forget(each), callbacks.Keep(each),
                callbacks.ShowSettings(each), callbacks.OpenSetting(each, "size"),
            )
        ]  # fmt: skip
        return [each.pack() for each in (*deeds, *of_jobs, *of_people)]


async def _id_of(chat: Chat) -> int:
    return int((await chat.messages())[0].raw["chat"]["id"])


async def _other_job(running_chat: RunningChat, running: Job) -> Job:
    """Return the job that waits behind the running one, once it does."""
    async with asyncio.timeout(30):
        while len(jobs := await running_chat.stores.jobs.jobs_of(running.address)) < 2:
            await running_chat.stores.jobs.wait("news", 0.05)
    return next(job for job in jobs if job.id != running.id)


async def forge(chat: Chat, under: Message, data: str) -> tuple[str, bool]:
    """Press with data that no button needs to carry; return the answer, and whether it was an alert."""
    body = {"user": chat.client.id, "button": data, "made_up": True}
    answer = await chat.client.call("POST", f"/api/chats/{chat.key}/messages/{under.id}/press", body)
    assert answer["answered"], data
    return answer["text"], answer["alert"]


@pytest.fixture
async def scene(running_chat: RunningChat) -> AsyncIterator[Scene]:
    """Ann has a finished, a running and a queued picture; Eve has opened a chat and made a group."""
    async with Client(running_chat.url, "Ann") as ann, Client(running_chat.url, "Eve") as eve:
        hers = await ann.open()
        _, finished = await painted(running_chat, hers)
        await request(hers)
        running = await running_chat.claim()
        await request(hers)
        queued = await _other_job(running_chat, running)
        room = await group(ann)
        private = await eve.open()
        await private.send("/language")
        eves = (private, await group(eve))
        await eves[1].send("/language")
        menus = [await chat.wait(lambda each: each.text == EN("language")) for chat in eves]
        yield Scene(running_chat, finished, running, queued, hers, room, eve, eves, (menus[0], menus[1]))


@pytest.mark.refused("editMessageReplyMarkup", "message is not modified", always=False)
@pytest.mark.parametrize("shown", [True, False], ids=["shown", "old"])
async def test_made_up_data_reach_nothing_of_anybody_else(scene: Scene, shown: bool) -> None:
    """Of every kind of button, in a private chat and in a group that Eve administers, also under an old message.

    She is told why not, sees nothing of Ann's, and everything of Ann's is as it was.
    """
    for chat, menu in zip(scene.eves, scene.menus, strict=True):
        if not shown:
            await scene.eve.call("POST", f"/api/chats/{chat.key}/messages/{menu.id}/age", {"hours": 1000})
    before = await scene.belongings()
    for chat, menu in zip(scene.eves, scene.menus, strict=True):
        for data in scene.made_up(scene.hers.client.id, await _id_of(scene.room)):
            text, alert = await forge(chat, menu, data)
            assert alert, (data, text)
        assert _pictures(await chat.messages()) == []
    assert await scene.belongings() == before


def _pictures(messages: Sequence[Message]) -> list[int]:
    return [each.id for each in messages if each.from_bot and (each.photo or each.document or each.sticker)]


async def test_nobody_acts_on_what_was_written_to_others_by_data_of_their_own(running_chat: RunningChat) -> None:
    """In a group a member could have the bot overwrite or delete what it wrote to another one."""
    async with Client(running_chat.url, "Ann") as ann, Client(running_chat.url, "Eve") as eve:
        await ann.open()
        room = await group(ann)
        await ann.call("POST", f"/api/chats/{room.key}/members", {"user": ann.id, "member": eve.id})
        theirs, found = eve.chat(room.key), []
        for chat in (room, theirs):
            await chat.send_photos([picture(), picture(color="blue")], "/style")
            job = await running_chat.claim()
            await running_chat.finish(job)
            found.append((await chat.wait(lambda each: each.photo is not None and each.from_bot), job))
        (shown, _), (_, own) = found
        deeds = (callbacks.DoWithResult(own.id, "delete"), callbacks.ShowButtons(own.id, "more"))
        for data in (
            *deeds,
            callbacks.Keep(eve.id),
            callbacks.ChooseLanguage(eve.id, "en"),
            callbacks.ShowSettings(eve.id),
        ):
            assert await forge(theirs, shown, data.pack()) == (EN("press-too-late"), True)
        [now] = [each for each in await room.messages() if each.id == shown.id]
        assert (now.text, now.buttons) == (shown.text, shown.buttons)


@pytest.mark.parametrize("command", ["/style", "/start"])
async def test_names_codes_links_and_file_ids_lead_to_no_style_of_another(scene: Scene, command: str) -> None:
    """What Ann has saved, a file's id, the key of a style without its code: known to Eve, and of no use to her."""
    assert await scene.chat.stores.styles.name(scene.hers.client.id, "night", scene.finished.style, most=50)
    chat, _ = scene.eves
    for words in ("night", *scene.finished.sources, "000-ZZZZZZZZ", "../night", scene.finished.style):
        await chat.send(f"{command} {words}")
        await chat.wait(lambda each: each.text.startswith((EN("style-unknown", names="")[:20], EN("start")[:20])))
    assert await scene.chat.stores.drafts.chosen_style(Address(scene.eve.id, None, scene.eve.id)) is None


async def test_queue_and_cancel_know_ones_own_pictures_alone(scene: Scene) -> None:
    """Ann's two go on."""
    chat, _ = scene.eves
    await chat.send("/queue")
    await chat.wait(lambda each: each.text == EN("queue-empty"))
    await chat.send("/cancel")
    await chat.wait(lambda each: each.text == EN("cancel-nothing"))
    assert len(await scene.chat.stores.jobs.jobs_of(scene.running.address)) == 2


@pytest.mark.parametrize(("asker", "allowed"), [(FOREIGN, True), (-1001000000008, False), (None, False)])
async def test_an_administrator_acts_for_a_channel_only_under_its_own_message(asker: int | None, allowed: bool) -> None:
    """Else the language of any channel, and everything of it, would be whoever's who administers any group."""
    bot, settings = fake_bot(), FakeSettingsStore()
    bot.get_chat_member.return_value.status = "administrator"
    channel = ApiChat(asker, "channel", title="Red") if asker else None
    asked = message(bot, GROUP, sender_chat=channel)
    pressed = press(bot, services(fake_stores(settings=settings)), message(bot, GROUP, reply_to_message=asked))
    await choose_language(pressed, callbacks.ChooseLanguage(FOREIGN, "ru"))
    assert (FOREIGN in settings.preferences) is allowed
    assert said(bot) == ((texts("ru")("settings-saved"), False) if allowed else (EN("not-yours"), True))
