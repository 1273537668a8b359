"""Updates are stored before Telegram forgets them, handled once, and in order within a chat."""

import asyncio
import datetime as dt
from pathlib import Path

from telegram import Bot, Chat, Message, Update, User

from bot.chat.albums import Albums
from bot.chat.update_queue import ChatOrder, UpdateQueue
from bot.storage.sqlite import open_sqlite


def update(number: int, chat: int = 1) -> Update:
    """Return an update with a text."""
    sender = User(7, "Ann", is_bot=False)
    return Update(
        number, message=Message(number, dt.datetime.now(dt.UTC), Chat(chat, "private"), from_user=sender, text="hi")
    )


async def never(_album: list[Update]) -> None:
    raise AssertionError("no album was completed")


async def test_an_update_that_was_not_handled_is_replayed_at_the_next_start(tmp_path: Path) -> None:
    """What was handled is not replayed."""
    async with open_sqlite(tmp_path / "db", tmp_path / "blobs") as stores:
        inbox = UpdateQueue(stores.updates)
        await inbox.put(update(1))
        await inbox.put(update(2))
        await stores.updates.finish(1)
    async with open_sqlite(tmp_path / "db", tmp_path / "blobs") as stores:
        inbox = UpdateQueue(stores.updates)
        assert await inbox.replay(Bot("123456:" + "A" * 35)) == 1
        again = inbox.get_nowait()
        assert isinstance(again, Update)
        assert again.update_id == 2
        assert again.message is not None
        assert again.message.text == "hi"


async def test_an_update_that_comes_twice_is_handled_once(tmp_path: Path) -> None:
    """Telegram may send an update again that was not confirmed."""
    async with open_sqlite(tmp_path / "db", tmp_path / "blobs") as stores:
        inbox = UpdateQueue(stores.updates)
        for _ in range(3):
            await inbox.put(update(1))
        assert inbox.qsize() == 1


async def test_one_chat_is_answered_in_order_while_others_go_on(tmp_path: Path) -> None:
    """A slow handler delays its own chat alone."""
    done: list[str] = []
    release = asyncio.Event()

    async def slow() -> None:
        await release.wait()
        done.append("slow")

    async def quick(name: str) -> None:
        done.append(name)

    async with open_sqlite(tmp_path / "db", tmp_path / "blobs") as stores:
        order = ChatOrder(stores.updates, Albums(), never)
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(order.process_update(update(1, chat=1), slow()))
            tasks.create_task(order.process_update(update(2, chat=1), quick("after")))
            await order.process_update(update(3, chat=2), quick("other chat"))
            assert done == ["other chat"]
            release.set()
    assert done == ["other chat", "slow", "after"]


async def test_an_update_is_finished_only_when_its_handler_has_returned(tmp_path: Path) -> None:
    """An update whose handler was cancelled stays in the store."""
    async with open_sqlite(tmp_path / "db", tmp_path / "blobs") as stores:
        order = ChatOrder(stores.updates, Albums(), never)
        await UpdateQueue(stores.updates).put(update(1))
        started = asyncio.Event()

        async def handler() -> None:
            started.set()
            await asyncio.Event().wait()

        task = asyncio.create_task(order.process_update(update(1), handler()))
        await started.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert len(await stores.updates.pending()) == 1
        await order.process_update(update(1), asyncio.sleep(0))
        assert await stores.updates.pending() == []
