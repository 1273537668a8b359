"""The methods of the Bot API that the sandbox has: a table of their handlers by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.sandbox.botapi.call import Call
from bot.sandbox.botapi.methods import editing, fetching, groups, profile, sending

Handler = Callable[[Call], Awaitable[object]]

METHODS: dict[str, Handler] = {
    "getMe": profile.get_me,
    "logOut": profile.log_out,
    "close": profile.close,
    "getUpdates": fetching.get_updates,
    "setWebhook": fetching.set_webhook,
    "deleteWebhook": fetching.delete_webhook,
    "getWebhookInfo": fetching.get_webhook_info,
    "getFile": fetching.get_file,
    "answerCallbackQuery": fetching.answer_callback_query,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendDocument": sending.send_document,
    "sendAnimation": sending.send_animation,
    "sendVideo": sending.send_video,
    "sendSticker": sending.send_sticker,
    "sendMediaGroup": sending.send_media_group,
    "sendChatAction": sending.send_chat_action,
    "copyMessage": sending.copy_message,
    "forwardMessage": sending.forward_message,
    "editMessageText": editing.edit_message_text,
    "editMessageCaption": editing.edit_message_caption,
    "editMessageMedia": editing.edit_message_media,
    "editMessageReplyMarkup": editing.edit_message_reply_markup,
    "deleteMessage": editing.delete_message,
    "deleteMessages": editing.delete_messages,
    "setMessageReaction": editing.set_message_reaction,
    "setMyCommands": profile.set_my_commands,
    "getMyCommands": profile.get_my_commands,
    "deleteMyCommands": profile.delete_my_commands,
    "setMyName": profile.set_my_name,
    "getMyName": profile.get_my_name,
    "setMyDescription": profile.set_my_description,
    "getMyDescription": profile.get_my_description,
    "setMyShortDescription": profile.set_my_short_description,
    "getMyShortDescription": profile.get_my_short_description,
    "setChatMenuButton": profile.set_chat_menu_button,
    "getChatMenuButton": profile.get_chat_menu_button,
    "getChat": groups.get_chat,
    "getChatMember": groups.get_chat_member,
    "getChatMemberCount": groups.get_chat_member_count,
    "getChatAdministrators": groups.get_chat_administrators,
    "leaveChat": groups.leave_chat,
    "createForumTopic": groups.create_forum_topic,
    "closeForumTopic": groups.close_forum_topic,
    "reopenForumTopic": groups.reopen_forum_topic,
}
BY_LOWER_NAME = {name.lower(): name for name in METHODS}  # method names are case-insensitive (Bot API)
# Methods that count towards the flood limits of a chat, and of all chats.
MESSAGES = ("sendMessage", "sendPhoto", "sendDocument", "sendAnimation", "sendVideo", "sendSticker", "sendMediaGroup",
            "copyMessage", "forwardMessage", "editMessageText", "editMessageCaption", "editMessageMedia",
            "editMessageReplyMarkup")  # fmt: skip
# Methods that change the bot itself: each is limited on its own.
OWN_DATA = ("setMyCommands", "deleteMyCommands", "setMyName", "setMyDescription", "setMyShortDescription",
            "setChatMenuButton")  # fmt: skip
