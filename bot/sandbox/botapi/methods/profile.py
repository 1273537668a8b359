"""Methods about the bot itself: who it is and what it offers."""

from __future__ import annotations

import json
import re
from typing import Any

from bot.sandbox.botapi.call import Call
from bot.sandbox.errors import bad_request
from bot.sandbox.state.accounts import Json

COMMAND = re.compile(r"[a-z0-9_]{1,32}")  # Bot API, BotCommand
SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators", "chat", "chat_administrators",
          "chat_member")  # fmt: skip
LANGUAGE = re.compile(r"[a-z]{2}|")
MENU_BUTTONS = ("commands", "web_app", "default")
COMMANDS = 100


async def get_me(call: Call) -> object:
    """Bot API, getMe."""
    return call.bot.wire_self()


async def log_out(call: Call) -> object:
    """Bot API, logOut: there is no other server to move to."""
    return call.bot.is_bot


async def close(call: Call) -> object:
    """Bot API, close: there is no other server to move to."""
    return call.bot.is_bot


def _language(call: Call) -> str:
    language = call.params.text("language_code")
    if LANGUAGE.fullmatch(language) is None:
        raise bad_request("language code is invalid")
    return language


def _scope_key(call: Call) -> str:
    """The scope and language of a command list as one key."""
    scope = call.params.mapping("scope") or {"type": "default"}
    if scope.get("type") not in SCOPES:
        raise bad_request("unsupported scope type specified")
    if str(scope["type"]).startswith(("chat",)):
        call.world.chat_of(call.bot, str(scope.get("chat_id", "")))
    return scope_key(scope, _language(call))


def scope_key(scope: Json, language: str) -> str:
    """The key under which a bot keeps the commands of a scope and a language."""
    parts = [scope["type"], *(str(scope[name]) for name in ("chat_id", "user_id") if scope.get(name)), language]
    return json.dumps(parts)


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
    """A text by language; an empty one falls back to the text without a language."""
    text, language = call.params.text(name), _language(call)
    if len(text) > limit:
        raise bad_request(f"{name.upper()}_TOO_LONG")
    if text:
        store[language] = text
    elif language or name != "name":
        store.pop(language, None)
    call.world.events.add("bot", "", bot=call.bot.wire_self())
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
    """Bot API, setMyDescription: what an empty chat shows."""
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
