"""Which command list a person sees (Bot API, "Determining list of commands")."""

from __future__ import annotations

from bot.sandbox.botapi.methods.profile import scope_key
from bot.sandbox.state.accounts import Bot, Json, Person
from bot.sandbox.state.chats import Chat
from bot.sandbox.state.world import World


def commands_for(world: World, chat: Chat, viewer: int) -> list[Json]:
    """The commands of the bots in a chat for a person, each with the bot that offers it."""
    person = world.people.get(viewer)
    if person is None:
        return []
    return [command | {"bot": bot.username} for bot in world.bots_in(chat) for command in _of_bot(bot, chat, person)]


def _of_bot(bot: Bot, chat: Chat, person: Person) -> list[Json]:
    """The first list that exists, from the narrowest scope to the widest, by language first."""
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
    administers = chat.members.get(person.id) in ("creator", "administrator")
    if administers:
        scopes.append({"type": "chat_administrators", "chat_id": chat.id})
    scopes.append({"type": "chat", "chat_id": chat.id})
    if administers:
        scopes.append({"type": "all_chat_administrators"})
    return [*scopes, {"type": "all_group_chats"}, {"type": "default"}]
