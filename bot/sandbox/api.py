"""The people's API: every endpoint in one table."""

from __future__ import annotations

from bot.sandbox import api_accounts, api_chats, api_messages, api_trouble
from bot.sandbox.endpoints import Endpoint

CHAT = "/api/chats/{chat}"
MESSAGE = CHAT + "/messages/{message:int}"

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/api/users", api_accounts.users, "The people"),
    Endpoint("POST", "/api/users", api_accounts.add_user, "Get the person of this name, or make one",
             api_accounts.NewUser),
    Endpoint("GET", "/api/bots", api_accounts.bots, "The bots that have called so far"),
    Endpoint("PATCH", "/api/bots/{bot:int}", api_accounts.set_bot, "Switch privacy mode", api_accounts.BotSettings),
    Endpoint("GET", "/api/chats", api_chats.chats, "The chats of a person, newest first", api_chats.Whose),
    Endpoint("POST", "/api/chats", api_chats.open_private, "Open the private chat with a bot; sends nothing",
             api_chats.Private),
    Endpoint("POST", "/api/groups", api_chats.add_group, "Make a group, supergroup or forum", api_chats.Group),
    Endpoint("GET", CHAT, api_chats.chat, "One chat with its members, topics and commands", api_chats.Whose),
    Endpoint("POST", CHAT + "/members", api_chats.set_member, "Add, promote or remove somebody", api_chats.Membership),
    Endpoint("POST", CHAT + "/topics", api_chats.add_topic, "Open a topic", api_chats.NewTopic),
    Endpoint("PATCH", CHAT + "/topics/{topic:int}", api_chats.set_topic, "Close or reopen a topic",
             api_chats.TopicState),
    Endpoint("POST", CHAT + "/migrate", api_chats.to_supergroup, "Make a supergroup of a group", api_chats.Whose),
    Endpoint("POST", CHAT + "/block", api_chats.block, "Block or unblock the bot", api_chats.Block),
    Endpoint("GET", CHAT + "/messages", api_messages.messages, "What is in a chat", api_messages.Reading),
    Endpoint("POST", CHAT + "/messages", api_messages.send, "Send text, or files as photos, album or documents",
             api_messages.Sending, takes_files=True),
    Endpoint("PATCH", MESSAGE, api_messages.edit, "Edit one's own message", api_messages.Editing),
    Endpoint("DELETE", MESSAGE, api_messages.delete, "Delete a message"),
    Endpoint("POST", MESSAGE + "/press", api_messages.press_button, "Press a button and wait for the bot's answer",
             api_messages.Pressing),
    Endpoint("POST", MESSAGE + "/reactions", api_messages.set_reactions, "React to a message", api_messages.Reacting),
    Endpoint("GET", "/api/files/{file}", api_messages.file, "The bytes of a file"),
    Endpoint("GET", "/api/events", api_messages.events, "What happened after a cursor; waits for the first event",
             api_messages.Following),
    Endpoint("GET", "/api/faults", api_trouble.faults, "The faults that are switched on"),
    Endpoint("POST", "/api/faults", api_trouble.add_fault, "Switch a fault on", api_trouble.NewFault),
    Endpoint("DELETE", "/api/faults", api_trouble.clear_faults, "Switch every fault off"),
    Endpoint("DELETE", "/api/faults/{fault:int}", api_trouble.remove_fault, "Switch one fault off"),
    Endpoint("GET", "/api/settings", api_trouble.settings, "Flood limits and the lifetime of callback queries"),
    Endpoint("PATCH", "/api/settings", api_trouble.change_settings, "Change them", api_trouble.Settings),
    Endpoint("GET", "/api/wire", api_trouble.wire, "The newest calls with their answers", api_trouble.WireQuery),
    Endpoint("DELETE", "/api/wire", api_trouble.clear_wire, "Forget the calls so far"),
)  # fmt: skip
