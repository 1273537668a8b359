"""An album is complete after its last photo, in whatever order its updates are handled."""

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


def admitted(book: Albums, *updates: Update) -> None:
    """Have updates arrive and pass for the bot's."""
    for each in updates:
        book.arrived(each)
        assert each.message is not None
        book.admit(each.message)


async def test_only_the_last_photo_completes_an_album() -> None:
    """Three photos make one album, once; it has all of them."""
    book, photos = Albums(), [update(1), update(2), update(3)]
    admitted(book, *photos)
    first, second, album = await asyncio.gather(*(book.completed(photo) for photo in photos))
    assert (first, second) == (None, None)
    assert album is not None
    assert album.arrived == album.admitted == photos


async def test_a_photo_that_arrives_in_the_quiet_while_prolongs_it() -> None:
    """A slow upload does not tear an album apart."""
    book, first, second = Albums(), update(1), update(2)
    admitted(book, first)
    deciding = asyncio.create_task(book.completed(first))
    await asyncio.sleep(0)
    admitted(book, second)
    assert await deciding is None
    album = await book.completed(second)
    assert album is not None
    assert album.admitted == [first, second]


async def test_albums_of_different_chats_do_not_mix() -> None:
    """The same album id in two chats is two albums."""
    book, here, there = Albums(), update(1, chat=1), update(2, chat=2)
    admitted(book, here, there)
    assert all(await asyncio.gather(book.completed(here), book.completed(there)))


async def test_what_was_not_admitted_is_gathered_but_not_interpreted() -> None:
    """Photos of banned users, and those that were handled on their own, are done with their album."""
    book, kept_out, photo = Albums(), update(1), update(2)
    book.arrived(kept_out)
    admitted(book, photo)
    assert await book.completed(kept_out) is None
    album = await book.completed(photo)
    assert album is not None
    assert (album.arrived, album.admitted) == ([kept_out, photo], [photo])


async def test_a_single_photo_is_no_album() -> None:
    """No pause for a photo that came alone."""
    book, photo = Albums(), update(1, album=None)
    book.arrived(photo)
    assert await book.completed(photo) is None


async def test_a_late_photo_is_known_by_its_album() -> None:
    """An upload may take longer than the quiet while."""
    book, in_time, late, other = Albums(), update(1), update(2), update(3, album="b")
    assert in_time.message and late.message and other.message
    book.take(in_time.message)
    assert book.taken(late.message)
    assert not book.taken(other.message)
    lone = update(4, album=None).message
    assert lone is not None
    book.take(lone)
    assert not book.taken(lone)
