"""Topics of a forum."""

from __future__ import annotations

from bot.sandbox.chats.messages import post
from bot.sandbox.state.accounts import Account
from bot.sandbox.state.chats import Chat, Topic
from bot.sandbox.state.world import World

COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)  # Bot API, createForumTopic


def create_topic(world: World, chat: Chat, account: Account, name: str, color: int) -> Topic:
    """Open a topic: it begins with a service message whose id is the id of the topic."""
    topic = Topic(0, name, color)
    message_id = chat.last_id + 1
    chat.topics[message_id] = topic
    topic.id = message_id
    post(world, chat, account, {"forum_topic_created": {"name": name, "icon_color": color}})
    world.events.add("chat", chat.key)
    return topic


def set_closed(world: World, chat: Chat, account: Account, topic: Topic, closed: bool) -> None:
    """Close or reopen a topic; the chat says so in the topic."""
    topic.closed = closed
    service = "forum_topic_closed" if closed else "forum_topic_reopened"
    post(world, chat, account, {service: {}}, thread_id=topic.id)
    world.events.add("chat", chat.key)
