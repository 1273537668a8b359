"""Topics of a forum."""

from __future__ import annotations

from bot.sandbox.chats.messages import post, remove
from bot.sandbox.state.accounts import Account
from bot.sandbox.state.chats import Chat, Topic
from bot.sandbox.state.world import World

COLORS = (7322096, 16766590, 13338331, 9367192, 16749490, 16478047)  # Bot API, createForumTopic


def create_topic(world: World, chat: Chat, account: Account, name: str, color: int) -> Topic:
    """Create a topic with its service message, whose id is the id of the topic."""
    # The topic has to exist before the message is posted: the message belongs to it.
    topic = Topic(chat.last_id + 1, name, color)
    chat.topics[topic.id] = topic
    post(world, chat, account, {"forum_topic_created": {"name": name, "icon_color": color}})
    world.events.add("chat", chat.key)
    return topic


def set_closed(world: World, chat: Chat, account: Account, topic: Topic, closed: bool) -> None:
    """Close or reopen a topic, and post the service message in it."""
    topic.closed = closed
    service = "forum_topic_closed" if closed else "forum_topic_reopened"
    post(world, chat, account, {service: {}}, thread_id=topic.id)
    world.events.add("chat", chat.key)


def delete_topic(world: World, chat: Chat, topic: Topic) -> None:
    """Delete a topic with its messages. Telegram does not tell bots of it."""
    del chat.topics[topic.id]
    for message in [each for each in chat.messages.values() if each.thread_id == topic.id]:
        remove(world, chat, message)
    world.events.add("chat", chat.key)
