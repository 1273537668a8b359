"""Methods about the bot itself: its names, descriptions, commands and menu buttons."""

from __future__ import annotations

import re
from typing import Any

from bot.sandbox import Json
from bot.sandbox.botapi.call import Call
from bot.sandbox.chats.command_lists import scope_key
from bot.sandbox.errors import bad_request

COMMAND = re.compile(r"[a-z0-9_]{1,32}")  # Bot API, BotCommand
SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat", "chat_administrators",
          "chat_member")  # fmt: skip
LANGUAGE = re.compile(r"[a-z]{2}|")
MENU_BUTTONS = ("commands", "web_app", "default")
COMMANDS = 100


async def get_me(call: Call) -> object:
    """Bot API, getMe."""
    return call.bot.to_json_full()


async def log_out(_: Call) -> object:
    """Bot API, logOut: nothing happens, because there is no other server to move to."""
    return True


async def close(_: Call) -> object:
    """Bot API, close: nothing happens, because there is no other server to move to."""
    return True


def _language(call: Call) -> str:
    language = call.params.text("language_code")
    if LANGUAGE.fullmatch(language) is None:
        raise bad_request("language code is invalid")
    return language


def _scope_key(call: Call) -> str:
    """Return the key of the command list that the call means."""
    scope = call.params.mapping("scope") or {"type": "default"}
    if scope.get("type") not in SCOPES:
        raise bad_request("unsupported scope type specified")
    if scope["type"].startswith("chat"):
        call.world.chat_of(call.bot, str(scope.get("chat_id", "")), "members")
    return scope_key(scope, _language(call))


def _command(value: Any) -> Json:
    if not isinstance(value, dict):
        raise bad_request("expected an Array of BotCommand")
    name = str(value.get("command", "")).removeprefix("/")
    text = str(value.get("description", "")).strip()
    if COMMAND.fullmatch(name) is None:
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(text) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID" if text else "command description is empty")
    return {"command": name, "description": text}


async def set_my_commands(call: Call) -> object:
    """Bot API, setMyCommands."""
    commands = call.params.array("commands")
    if commands is None or len(commands) > COMMANDS:
        raise bad_request("commands are not specified" if commands is None else "BOT_COMMANDS_TOO_MUCH")
    call.bot.commands[_scope_key(call)] = [_command(command) for command in commands]
    call.world.events.add("commands", "", bot_id=call.bot.id)
    return True


async def get_my_commands(call: Call) -> object:
    """Bot API, getMyCommands."""
    return call.bot.commands.get(_scope_key(call), [])


async def delete_my_commands(call: Call) -> object:
    """Bot API, deleteMyCommands."""
    call.bot.commands.pop(_scope_key(call), None)
    call.world.events.add("commands", "", bot_id=call.bot.id)
    return True


def _set(call: Call, store: dict[str, str], name: str, limit: int) -> bool:
    """Set a text for a language; an empty text removes it, so that the text of the default language is shown."""
    text, language = call.params.text(name), _language(call)
    if len(text) > limit:
        raise bad_request(f"{name.upper()}_TOO_LONG")
    if text:
        store[language] = text
    elif language or name != "name":
        store.pop(language, None)
    call.world.events.add("bot", "", bot=call.bot.to_json_full())
    return True


def _get(call: Call, store: dict[str, str]) -> str:
    return store.get(_language(call), store.get("", ""))


async def set_my_name(call: Call) -> object:
    """Bot API, setMyName."""
    return _set(call, call.bot.names, "name", 64)


async def get_my_name(call: Call) -> object:
    """Bot API, getMyName."""
    return {"name": _get(call, call.bot.names)}


async def set_my_description(call: Call) -> object:
    """Bot API, setMyDescription: an empty chat shows it."""
    return _set(call, call.bot.descriptions, "description", 512)


async def get_my_description(call: Call) -> object:
    """Bot API, getMyDescription."""
    return {"description": _get(call, call.bot.descriptions)}


async def set_my_short_description(call: Call) -> object:
    """Bot API, setMyShortDescription."""
    return _set(call, call.bot.short_descriptions, "short_description", 120)


async def get_my_short_description(call: Call) -> object:
    """Bot API, getMyShortDescription."""
    return {"short_description": _get(call, call.bot.short_descriptions)}


async def set_chat_menu_button(call: Call) -> object:
    """Bot API, setChatMenuButton."""
    button = call.params.mapping("menu_button") or {"type": "default"}
    if button.get("type") not in MENU_BUTTONS:
        raise bad_request("MenuButton has unsupported type specified")
    call.bot.menu_buttons[_menu_chat(call)] = button
    return True


async def get_chat_menu_button(call: Call) -> object:
    """Bot API, getChatMenuButton."""
    default = call.bot.menu_buttons.get(0, {"type": "commands"})
    return call.bot.menu_buttons.get(_menu_chat(call), default)


def _menu_chat(call: Call) -> int:
    return call.chat().id if call.params.has("chat_id") else 0
