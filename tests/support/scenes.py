"""A scene for every method of the sandbox: calls of the method by aiogram, which does not know the sandbox."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from aiogram import methods
from aiogram.types import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    BufferedInputFile,
    InputMediaDocument,
    InputMediaPhoto,
    Message,
    ReactionTypeEmoji,
    ReplyParameters,
)
from PIL import Image

from tests.support.stage import KEYS, Stage, picture
from tests.support.videos import video

Scene = Callable[[Stage], Awaitable[object]]
SCENES: dict[str, Scene] = {}


def scene(method: type[methods.TelegramMethod[Any]]) -> Callable[[Scene], Scene]:
    """Register a scene under the method that it calls."""

    def keep(play: Scene) -> Scene:
        SCENES[method.__api_method__] = play
        return play

    return keep


for name in (
    "GetMe", "LogOut", "Close", "GetWebhookInfo", "GetMyName", "GetMyDescription", "GetMyShortDescription",
    "GetMyCommands", "DeleteMyCommands", "GetChatMenuButton", "SetChatMenuButton", "DeleteWebhook",
):  # fmt: skip
    plain: type[methods.TelegramMethod[Any]] = getattr(methods, name)
    scene(plain)(lambda on, plain=plain: on.bot(plain()))  # type: ignore[misc]


@scene(methods.GetUpdates)
async def _get_updates(on: Stage) -> None:
    assert await on.bot.get_updates(timeout=1, limit=5, offset=0, allowed_updates=["message", "callback_query"])


@scene(methods.SetWebhook)
async def _set_webhook(on: Stage) -> None:
    await on.bot.set_webhook("http://127.0.0.1:9/", secret_token="s", max_connections=3, allowed_updates=["message"])
    assert (await on.bot.get_webhook_info()).max_connections == 3
    await on.bot.delete_webhook(drop_pending_updates=True)


@scene(methods.SendMessage)
async def _send_message(on: Stage) -> None:
    first = await on.text(reply_markup=KEYS, protect_content=True, message_effect_id="5046509860389126442")
    assert first.has_protected_content
    reply = ReplyParameters(message_id=first.message_id, quote="some")
    sent = await on.bot.send_message(on.me, "<b>bold</b>", parse_mode="HTML", reply_parameters=reply)
    assert sent.html_text == "<b>bold</b>"
    topic = (await on.bot.create_forum_topic(on.forum, "t")).message_thread_id
    assert (await on.bot.send_message(on.forum, "x", message_thread_id=topic)).is_topic_message


@scene(methods.SendPhoto)
async def _send_photo(on: Stage) -> None:
    sent = await on.bot.send_photo(
        on.me, picture(), caption="c", has_spoiler=True, show_caption_above_media=True, reply_markup=KEYS
    )
    assert sent.photo
    assert (await on.bot.send_photo(on.me, sent.photo[-1].file_id)).photo


@scene(methods.SendDocument)
async def _send_document(on: Stage) -> None:
    sent = await on.bot.send_document(on.me, picture(), caption="*c*", parse_mode="MarkdownV2")
    assert sent.document and sent.document.thumbnail


@scene(methods.SendAnimation)
async def _send_animation(on: Stage) -> None:
    assert (await on.bot.send_animation(on.me, picture(kind="GIF"), caption="c")).animation
    moving = BufferedInputFile(video([Image.new("RGB", (64, 48), "red")] * 8), "video.mp4")
    sent = (await on.bot.send_animation(on.me, moving)).animation
    assert sent and sent.thumbnail
    assert (sent.width, sent.height, sent.duration, sent.mime_type) == (64, 48, 2, "video/mp4")


@scene(methods.SendVideo)
async def _send_video(on: Stage) -> None:
    moving = BufferedInputFile(video([Image.new("RGB", (64, 48), "red")], sound=True), "video.mp4")
    sent = await on.bot.send_video(on.me, moving, caption="c", duration=7, has_spoiler=True)
    assert sent.video and sent.video.thumbnail
    assert (sent.video.duration, sent.video.width) == (7, 64)
    assert (await on.bot.send_video(on.me, sent.video.file_id, reply_markup=KEYS)).video


@scene(methods.SendSticker)
async def _send_sticker(on: Stage) -> None:
    sent = await on.bot.send_sticker(on.me, picture(kind="WEBP"), emoji="🎨", reply_markup=KEYS)
    assert sent.sticker and sent.sticker.thumbnail
    assert (sent.sticker.emoji, sent.sticker.is_video) == ("🎨", False)
    assert (await on.bot.send_sticker(on.me, sent.sticker.file_id)).sticker


@scene(methods.SendMediaGroup)
async def _send_media_group(on: Stage) -> None:
    sent = await on.bot.send_media_group(on.me, [InputMediaPhoto(media=picture(each)) for each in ("red", "blue")])
    assert len({message.media_group_id for message in sent}) == 1
    await on.bot.send_media_group(on.me, [InputMediaDocument(media=picture()), InputMediaDocument(media=picture())])


@scene(methods.SendChatAction)
async def _send_chat_action(on: Stage) -> None:
    assert await on.bot.send_chat_action(on.me, "upload_photo")


@scene(methods.CopyMessage)
async def _copy_message(on: Stage) -> None:
    photo = (await on.bot.send_photo(on.me, picture(), caption="old")).message_id
    await on.bot.copy_message(on.me, on.me, photo, caption="new", reply_markup=KEYS)
    assert (await on.chat.messages())[-1].text == "new"


@scene(methods.ForwardMessage)
async def _forward_message(on: Stage) -> None:
    first = await on.text()
    assert (await on.bot.forward_message(on.me, on.me, first.message_id)).forward_origin


@scene(methods.EditMessageText)
async def _edit_message_text(on: Stage) -> None:
    sent = await on.text()
    edited = await on.bot.edit_message_text("new", chat_id=on.me, message_id=sent.message_id, reply_markup=KEYS)
    assert isinstance(edited, Message)
    assert edited.edit_date


@scene(methods.EditMessageCaption)
async def _edit_message_caption(on: Stage) -> None:
    sent = await on.bot.send_photo(on.me, picture())
    edited = await on.bot.edit_message_caption(
        chat_id=on.me, message_id=sent.message_id, caption="<i>c</i>", parse_mode="HTML"
    )
    assert isinstance(edited, Message)
    assert edited.caption_entities


@scene(methods.EditMessageMedia)
async def _edit_message_media(on: Stage) -> None:
    sent = await on.text()
    media = InputMediaPhoto(media=picture(), caption="c")
    edited = await on.bot.edit_message_media(media, chat_id=on.me, message_id=sent.message_id, reply_markup=KEYS)
    assert isinstance(edited, Message)
    assert edited.photo


@scene(methods.EditMessageReplyMarkup)
async def _edit_message_reply_markup(on: Stage) -> None:
    sent = await on.text()
    edited = await on.bot.edit_message_reply_markup(chat_id=on.me, message_id=sent.message_id, reply_markup=KEYS)
    assert isinstance(edited, Message)
    assert edited.reply_markup and edited.reply_markup.model_dump() == KEYS.model_dump()


@scene(methods.DeleteMessage)
async def _delete_message(on: Stage) -> None:
    assert await on.bot.delete_message(on.me, (await on.text()).message_id)


@scene(methods.DeleteMessages)
async def _delete_messages(on: Stage) -> None:
    assert await on.bot.delete_messages(on.me, [(await on.text()).message_id, 12345])


@scene(methods.GetFile)
async def _get_file(on: Stage) -> None:
    sent = await on.bot.send_document(on.me, BufferedInputFile(b"bytes", "a.txt"))
    assert sent.document
    got = await on.bot.download(sent.document.file_id)
    assert got and got.read() == b"bytes"


@scene(methods.AnswerCallbackQuery)
async def _answer_callback_query(on: Stage) -> None:
    await on.bot.get_updates(allowed_updates=[])
    sent = await on.text(reply_markup=KEYS)
    press = asyncio.create_task(on.chat.press(sent.message_id, "Go"))
    offset = 0
    while True:
        for update in await on.bot.get_updates(offset, timeout=5):
            offset = update.update_id + 1
            if update.callback_query:
                await on.bot.answer_callback_query(update.callback_query.id, "hi", show_alert=True, cache_time=1)
                assert (await press).text == "hi"
                return


@scene(methods.SetMessageReaction)
async def _set_message_reaction(on: Stage) -> None:
    sent = await on.chat.send("react!")
    await on.bot.set_message_reaction(on.me, sent.id, [ReactionTypeEmoji(emoji="🎉")])
    assert (await on.chat.messages())[-1].reactions == ("🎉",)


@scene(methods.SetMyCommands)
async def _set_my_commands(on: Stage) -> None:
    commands = [BotCommand(command="go", description="Go")]
    await on.bot.set_my_commands(commands, BotCommandScopeAllGroupChats(), "de")
    assert [each.command for each in await on.bot.get_my_commands(BotCommandScopeAllGroupChats(), "de")] == ["go"]


@scene(methods.SetMyName)
async def _set_my_name(on: Stage) -> None:
    await on.bot.set_my_name("Glas", "de")
    assert (await on.bot.get_my_name("de")).name == "Glas"


@scene(methods.SetMyDescription)
async def _set_my_descriptions(on: Stage) -> None:
    await on.bot.set_my_description("paints")
    await on.bot.set_my_short_description("p")
    assert (await on.bot.get_my_description()).description == "paints"


SCENES["setMyShortDescription"] = _set_my_descriptions


@scene(methods.GetChat)
async def _get_chat(on: Stage) -> None:
    assert (await on.bot.get_chat(on.me)).first_name == "Ann"
    assert (await on.bot.get_chat(on.forum)).is_forum


@scene(methods.GetChatMember)
async def _get_chat_member(on: Stage) -> None:
    assert (await on.bot.get_chat_member(on.forum, on.me)).status == "creator"


@scene(methods.GetChatMemberCount)
async def _get_chat_member_count(on: Stage) -> None:
    assert await on.bot.get_chat_member_count(on.forum) == 2


@scene(methods.GetChatAdministrators)
async def _get_chat_administrators(on: Stage) -> None:
    assert len(await on.bot.get_chat_administrators(on.forum)) == 2


@scene(methods.CreateForumTopic)
async def _create_forum_topic(on: Stage) -> None:
    assert (await on.bot.create_forum_topic(on.forum, "Cats", icon_color=7322096)).message_thread_id


@scene(methods.CloseForumTopic)
async def _close_forum_topic(on: Stage) -> None:
    topic = await on.bot.create_forum_topic(on.forum, "Dogs")
    assert await on.bot.close_forum_topic(on.forum, topic.message_thread_id)
    assert await on.bot.reopen_forum_topic(on.forum, topic.message_thread_id)


SCENES["reopenForumTopic"] = _close_forum_topic


@scene(methods.LeaveChat)
async def _leave_chat(on: Stage) -> None:
    made = await on.ann.call("POST", "/api/groups", {"user": on.me, "title": "Short", "members": [99]})
    assert await on.bot.leave_chat(made["id"])
