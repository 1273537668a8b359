"""The people's API: every endpoint in one table."""

from __future__ import annotations

from bot.sandbox.people import accounts, chats, faults, messages
from bot.sandbox.people.endpoints import Endpoint

CHAT = "/api/chats/{chat}"
MESSAGE = CHAT + "/messages/{message:int}"

ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint("GET", "/api/users", accounts.users, "The people"),
    Endpoint("POST", "/api/users", accounts.add_user, "Get the person of this name, or make one",
             accounts.NewUser),
    Endpoint("GET", "/api/bots", accounts.bots, "The bots that have called so far"),
    Endpoint("PATCH", "/api/bots/{bot:int}", accounts.set_bot, "Switch privacy mode", accounts.BotSettings),
    Endpoint("GET", "/api/chats", chats.chats, "The chats of a person, newest first", chats.Whose),
    Endpoint("POST", "/api/chats", chats.open_private, "Open the private chat with a bot; sends nothing",
             chats.Private),
    Endpoint("POST", "/api/groups", chats.add_group, "Make a group, supergroup or forum", chats.Group),
    Endpoint("GET", CHAT, chats.chat, "One chat with its members, topics and commands", chats.Whose),
    Endpoint("POST", CHAT + "/members", chats.set_member, "Add, promote or remove somebody", chats.Membership),
    Endpoint("POST", CHAT + "/topics", chats.add_topic, "Open a topic", chats.NewTopic),
    Endpoint("PATCH", CHAT + "/topics/{topic:int}", chats.set_topic, "Close or reopen a topic",
             chats.TopicState),
    Endpoint("POST", CHAT + "/migrate", chats.to_supergroup, "Make a supergroup of a group", chats.Whose),
    Endpoint("POST", CHAT + "/block", chats.block, "Block or unblock the bot", chats.Block),
    Endpoint("GET", CHAT + "/messages", messages.messages, "What is in a chat", messages.Reading),
    Endpoint("POST", CHAT + "/messages", messages.send, "Send text, or files as photos, album or documents",
             messages.Sending, takes_files=True),
    Endpoint("PATCH", MESSAGE, messages.edit, "Edit one's own message", messages.Editing),
    Endpoint("DELETE", MESSAGE, messages.delete, "Delete a message"),
    Endpoint("POST", MESSAGE + "/press", messages.press_button, "Press a button and wait for the bot's answer",
             messages.Pressing),
    Endpoint("POST", MESSAGE + "/reactions", messages.set_reactions, "React to a message", messages.Reacting),
    Endpoint("GET", "/api/files/{file}", messages.file, "The bytes of a file"),
    Endpoint("GET", "/api/events", messages.events, "What happened after a cursor; waits for the first event",
             messages.Following),
    Endpoint("GET", "/api/faults", faults.faults, "The faults that are switched on"),
    Endpoint("POST", "/api/faults", faults.add_fault, "Switch a fault on", faults.NewFault),
    Endpoint("DELETE", "/api/faults", faults.clear_faults, "Switch every fault off"),
    Endpoint("DELETE", "/api/faults/{fault:int}", faults.remove_fault, "Switch one fault off"),
    Endpoint("GET", "/api/settings", faults.settings, "Flood limits and the lifetime of callback queries"),
    Endpoint("PATCH", "/api/settings", faults.change_settings, "Change them", faults.Settings),
    Endpoint("GET", "/api/wire", faults.wire, "The newest calls with their answers", faults.WireQuery),
    Endpoint("DELETE", "/api/wire", faults.clear_wire, "Forget the calls so far"),
)  # fmt: skip
