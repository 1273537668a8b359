"""Which list of commands a person sees (Bot API, "Determining list of commands")."""

from __future__ import annotations

import json

from bot.sandbox import Json
from bot.sandbox.state.accounts import Bot, Person
from bot.sandbox.state.chats import Chat
from bot.sandbox.state.world import World


def scope_key(scope: Json, language: str) -> str:
    """Return the key under which a bot keeps the commands of a BotCommandScope and a language."""
    parts = [scope["type"], *(str(scope[name]) for name in ("chat_id", "user_id") if scope.get(name)), language]
    return json.dumps(parts)


def commands_for(world: World, chat: Chat, viewer: int) -> list[Json]:
    """Return the commands of all bots in a chat for a person, each with the username of its bot."""
    person = world.people.get(viewer)
    if person is None:
        return []
    return [command | {"bot": bot.username} for bot in world.bots_in(chat) for command in _of_bot(bot, chat, person)]


def _of_bot(bot: Bot, chat: Chat, person: Person) -> list[Json]:
    """Return the first list that exists, from the narrowest scope to the widest, in the person's language first."""
    language = person.language_code[:2].lower()
    for scope in _scopes(chat, person):
        for code in (language, ""):
            found = bot.commands.get(scope_key(scope, code))
            if found:
                return found
    return []


def _scopes(chat: Chat, person: Person) -> list[Json]:
    if chat.type == "private":
        return [{"type": "chat", "chat_id": chat.id}, {"type": "all_private_chats"}, {"type": "default"}]
    scopes: list[Json] = [{"type": "chat_member", "chat_id": chat.id, "user_id": person.id}]
    if chat.administered_by(person.id):
        scopes.append({"type": "chat_administrators", "chat_id": chat.id})
    scopes.append({"type": "chat", "chat_id": chat.id})
    if chat.administered_by(person.id):
        scopes.append({"type": "all_chat_administrators"})
    return [*scopes, {"type": "all_group_chats"}, {"type": "default"}]
