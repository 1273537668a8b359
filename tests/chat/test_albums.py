"""An album is whole after its last photo, in whatever order its updates are handled."""

import asyncio
import datetime as dt

import pytest
from telegram import Chat, Message, Update, User

from bot.chat import albums
from bot.chat.albums import Albums


@pytest.fixture(autouse=True)
def _short_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(albums, "QUIET_SECONDS", 0.05)


def update(number: int, album: str | None = "a", chat: int = 1) -> Update:
    """Return an update with a photo's message."""
    sender = User(7, "Ann", is_bot=False)
    message = Message(number, dt.datetime.now(dt.UTC), Chat(chat, "private"), from_user=sender, media_group_id=album)
    return Update(number, message=message)


def joined(book: Albums, *updates: Update) -> None:
    for each in updates:
        book.arrived(each)
        assert each.message is not None
        book.join(each.message)


async def test_only_the_last_photo_completes_an_album() -> None:
    """Three photos make one album, once."""
    book, photos = Albums(), [update(1), update(2), update(3)]
    joined(book, *photos)
    assert await asyncio.gather(*(book.completed(photo) for photo in photos)) == [False, False, True]


async def test_a_photo_that_arrives_in_the_quiet_while_prolongs_it() -> None:
    """A slow upload does not tear an album apart."""
    book, first, second = Albums(), update(1), update(2)
    joined(book, first)
    deciding = asyncio.create_task(book.completed(first))
    await asyncio.sleep(0)
    joined(book, second)
    assert await deciding is False
    assert await book.completed(second) is True


async def test_albums_of_different_chats_do_not_mix() -> None:
    """The same album id in two chats is two albums."""
    book, here, there = Albums(), update(1, chat=1), update(2, chat=2)
    joined(book, here, there)
    assert all(await asyncio.gather(book.completed(here), book.completed(there)))


async def test_an_album_that_is_not_meant_for_us_completes_nothing() -> None:
    """In a group, other people's albums are none of our business."""
    book, photo = Albums(), update(1)
    book.arrived(photo)
    assert await book.completed(photo) is False


async def test_a_single_photo_is_no_album() -> None:
    """No pause for a photo that came alone."""
    book, photo = Albums(), update(1, album=None)
    joined(book, photo)
    assert await book.completed(photo) is False
