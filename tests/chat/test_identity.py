"""Who writes in the name of a group or a channel is that group or channel, and nobody else who writes so."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import create_autospec

import pytest
from telegram import Chat as ApiChat
from telegram import ChatMemberAdministrator, Message, Update, User
from telegram.error import BadRequest, TimedOut

from bot.chat.access import for_asker, request_of, why_no_administrator, why_not
from bot.chat.administrators import KEEP_SECONDS, Administrators, HiddenAdministratorsError
from bot.chat.context import MessageRequest
from bot.chat.i18n import texts
from bot.sandbox.client import Chat, Client
from bot.storage.chat_protocols import PeopleStore
from bot.storage.models import Preference, Standing
from bot.storage.protocols import DraftStore
from tests.support.chat_harness import RunningChat, from_bot, group, picture, run_chat
from tests.support.fakes import fake_stores
from tests.support.jobs import Clock
from tests.support.requests import GROUP, fake_bot, message, message_request, press, services

EN = texts("en")
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
CHANNEL = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}
NEWCOMER = Standing(Preference(), banned=False, maintenance=False, recipe=None)
RED, BLUE = -1001000000001, -1001000000002  # channels
HIDDEN = BadRequest("Participant_id_invalid")


@pytest.mark.parametrize(
    ("account", "chat", "requester"),
    [
        (ANONYMOUS, GROUP, GROUP.id),
        (CHANNEL, ApiChat(RED, "channel", title="Red"), RED),
        ({"id": 777000, "is_bot": False, "first_name": "Telegram"}, ApiChat(BLUE, "channel", title="Blue"), BLUE),
    ],
    ids=["anonymous", "channel", "forwarded"],
)
async def test_a_message_in_the_name_of_a_chat_is_that_chats(
    account: dict[str, object], chat: ApiChat, requester: int
) -> None:
    """All that is kept is kept under its id: also whether it is banned, its language and its settings."""
    bot, people = fake_bot(), create_autospec(PeopleStore, instance=True)
    people.standing.return_value = NEWCOMER
    raw = message(bot, GROUP, sender_chat=chat).to_dict() | {"from": account}
    sent = Message.de_json(raw, None)
    request = await request_of(Update(1, message=sent), bot, services(fake_stores(people=people)))
    assert isinstance(request, MessageRequest)
    assert (request.requester, request.address.user_id) == (requester, requester)
    people.standing.assert_awaited_once_with(requester, GROUP.id)


@pytest.mark.parametrize(
    ("sender_chat", "requester", "sentence"),
    [
        (GROUP, GROUP.id, None),
        (GROUP, 8, None),  # as an administrator of the group
        (GROUP, RED, None),
        (ApiChat(RED, "channel"), RED, None),
        (ApiChat(RED, "channel"), 8, "not-yours"),
        (ApiChat(RED, "channel"), GROUP.id, "not-yours"),
        (ApiChat(RED, "channel"), BLUE, "not-yours"),
    ],
)
async def test_the_group_is_an_administrator_and_a_channel_is_not(
    sender_chat: ApiChat, requester: int, sentence: str | None
) -> None:
    """Nobody needs to be asked about the account that all of them share."""
    bot = fake_bot()
    sent = message(bot, GROUP, sender_chat=sender_chat)
    request = await request_of(Update(1, message=sent), bot, services(), NEWCOMER)
    assert request is not None
    assert await why_not(request, requester) == sentence
    bot.get_chat_member.assert_not_awaited()


async def test_members_that_are_hidden_are_told_by_the_list_of_administrators() -> None:
    """It is kept for some minutes, for each group."""
    bot, clock = fake_bot(), Clock()
    administrators = Administrators(clock)
    bot.get_chat_member.side_effect = HIDDEN
    bot.get_chat_administrators.return_value = [create_autospec(ChatMemberAdministrator, user=User(7, "Ann", False))]
    assert await administrators.include(bot, -5, 7)
    assert not await administrators.include(bot, -5, 8)
    assert bot.get_chat_administrators.await_count == 1
    assert await administrators.include(bot, -6, 7)
    assert bot.get_chat_administrators.await_count == 2
    bot.get_chat_administrators.return_value = []
    clock.now += KEEP_SECONDS
    assert not await administrators.include(bot, -5, 7)


async def test_where_the_list_is_hidden_too_the_bot_says_so() -> None:
    """A connection that breaks says nothing about who administers."""
    bot = fake_bot()
    bot.get_chat_member.side_effect = bot.get_chat_administrators.side_effect = HIDDEN
    request = message_request(bot, services(), message(bot, GROUP))
    with pytest.raises(HiddenAdministratorsError):
        await request.services.administrators.include(bot, -5, 7)
    assert await why_not(request, 8) == "administrators-hidden"
    assert await why_no_administrator(request, -5, "settings-admins") == "administrators-hidden"
    bot.get_chat_administrators.side_effect = TimedOut()
    with pytest.raises(TimedOut):
        await why_not(request, 8)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_sentence_about_hidden_administrators_fits_an_alert(language: str) -> None:
    """Bot API, answerCallbackQuery: at most 200 characters."""
    assert len(texts(language)("administrators-hidden")) <= 200


async def _friends(ann: Client, *others: Client) -> Chat:
    """Make a group of Ann's with the bot; the others are members."""
    await ann.open()
    chat = await group(ann)
    for person in others:
        await ann.call("POST", f"/api/chats/{chat.key}/members", {"user": ann.id, "member": person.id})
    return chat


async def test_two_channels_in_a_group_do_not_share_a_draft(running_chat: RunningChat) -> None:
    """Each sends one photo: neither is the style of the other. The second photo of one makes its picture."""
    async with Client(running_chat.url, "Ann") as ann, Client(running_chat.url, "Bob") as bob:
        key = (await _friends(ann, bob)).key
        for theirs in (ann.chat(key, "channel"), bob.chat(key, "channel")):
            [photo] = await theirs.send_photos([picture()], "/style")
            question = await theirs.wait(lambda message: EN("draft-in-group") in message.text)
            assert (question.reply_to, EN("draft-content") in question.text) == (photo.id, True)
        [style] = await ann.chat(key, "channel").send_photos([picture(color="blue")], "/style")
        job = await running_chat.claim()
        assert job.address.user_id == style.raw["sender_chat"]["id"]
        assert job.address.user_id != photo.raw["sender_chat"]["id"]


async def test_what_an_anonymous_administrator_asked_any_administrator_may_press(running_chat: RunningChat) -> None:
    """The press brings the real id of the same human; a member is refused."""
    async with Client(running_chat.url, "Ann") as ann, Client(running_chat.url, "Eve") as eve:
        chat = ann.chat((await _friends(ann, eve)).key, "anonymous")
        await chat.send_photos([picture(), picture(color="blue")], "/style")
        status = await chat.wait(lambda message: bool(message.buttons))
        [job] = await running_chat.stores.deliveries.unsettled()
        assert job.address.user_id == job.address.chat_id
        refused = await eve.chat(chat.key).press(status, EN("button-cancel"))
        assert (refused.text, refused.alert) == (EN("not-yours"), True)
        assert (await chat.press(status, EN("button-cancel"))).text == EN("cancel-done", count=1)


async def test_an_anonymous_administrator_chooses_a_preset_for_what_they_began(running_chat: RunningChat) -> None:
    """The photo waits under the group's name, and the press on the gallery brings their own."""
    async with Client(running_chat.url) as ann:
        chat = ann.chat((await _friends(ann)).key, "anonymous")
        await chat.send_photos([picture()], "/style")
        await chat.wait(lambda message: EN("draft-in-group") in message.text)
        await chat.send("/presets")
        gallery = await chat.wait(lambda message: message.photo is not None)
        await chat.press(gallery, "use:mosaic")
        await chat.wait(lambda message: bool(message.buttons) and message.id > gallery.id)
        [job] = await running_chat.stores.deliveries.unsettled()
        assert (job.style, job.address.user_id) == ("mosaic", job.address.chat_id)


async def test_a_press_is_the_pressers_own_otherwise() -> None:
    """Under a person's gallery, and where the presser may not act for the chat that asked."""
    bot = fake_bot()
    bot.get_chat_member.return_value.status = "member"
    drafts = create_autospec(DraftStore, instance=True)
    drafts.photos.return_value = []
    parts = services(fake_stores(drafts=drafts))
    for asked in (message(bot, GROUP), message(bot, GROUP, sender_chat=GROUP)):
        pressed = press(bot, parts, message(bot, GROUP, reply_to_message=asked))
        assert (await for_asker(pressed)).requester == pressed.user.id


async def test_an_anonymous_administrator_has_language_and_memory_of_their_own(running_chat: RunningChat) -> None:
    """Both buttons carry the group's id, and another member may not press them."""
    async with Client(running_chat.url, "Ann") as ann, Client(running_chat.url, "Eve") as eve:
        chat = ann.chat((await _friends(ann, eve)).key, "anonymous")
        theirs = eve.chat(chat.key)
        await chat.send("/language")
        menu = await chat.wait(lambda message: message.text == EN("language"))
        assert (await theirs.press(menu, "Русский")).text == EN("not-yours")
        await chat.press(menu, "Русский")
        await chat.send("/queue")
        await chat.wait(lambda message: message.text == texts("ru")("queue-empty"))
        await theirs.send("/queue")
        await theirs.wait(lambda message: message.text == EN("queue-empty"))
        await chat.send("/forget")
        asked = await chat.wait(lambda message: bool(message.buttons))
        await chat.press(asked, texts("ru")("button-forget"))
        await chat.send("/queue")
        await chat.wait(lambda message: message.text == EN("queue-empty"))


async def test_a_ban_in_reply_to_a_channels_message_bans_that_channel_alone(tmp_path: Path) -> None:
    """The account that all channels share is nobody. The operator is the first person of a new sandbox."""
    first = 1000001
    async with (
        run_chat(tmp_path, operators=frozenset({first})) as running,
        Client(running.url, "Olga") as olga,
        Client(running.url, "Ann") as ann,
        Client(running.url, "Bob") as bob,
    ):
        assert olga.id == first
        chat = await _friends(olga, ann, bob)
        hers, his = ann.chat(chat.key, "channel"), bob.chat(chat.key, "channel")
        said = await hers.send("hello")
        await chat.send("/ban", reply_to=said)
        await chat.wait(lambda message: message.text == EN("ban-done", id=str(said.raw["sender_chat"]["id"])))
        await hers.send("/queue")
        await his.send("/queue")
        await his.wait(lambda message: message.text == EN("queue-empty"))
        answers = [message.text for message in await from_bot(chat)]
        assert answers.count(EN("queue-empty")) == 1
