"""/vote: people compare two outputs of a study in the chat, and their votes are in the study's file."""

from __future__ import annotations

import io
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PIL import Image, ImageColor

from bot.chat.i18n import texts
from bot.chat.images.ballot_sheet import GIVEN, WIDTH, ballot_sheet
from bot.run import _study
from bot.sandbox.client import Chat, Client, Message
from bot.sandbox.server import running
from bot.sandbox.state.world import World
from bot.settings import SettingsError
from bot.storage.sqlite import open_sqlite
from engine.study.vote import ranks
from engine.study.vote.ballot import Ballot
from engine.study.vote.store import NAME, VoteStore
from tests.support.chat_harness import RunningChat, group, introduce_bot, run_chat, run_chat_on
from tests.support.jobs import eventually
from tests.support.pictures import encoded
from tests.support.vote_study import METHODS, small_study

EN, RU = texts("en"), texts("ru")


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """The folder of a small study: three contests on two pairs."""
    folder = tmp_path / "study"
    small_study(folder)
    return folder


@pytest.fixture
async def voting_chat(tmp_path: Path, study: Path) -> AsyncIterator[RunningChat]:
    """The chat side of a bot whose operator has a study."""
    async with run_chat(tmp_path, study=Ballot(study)) as at_work:
        yield at_work


async def begin(chat: Chat) -> Message:
    """Send /vote; return the question."""
    await chat.send("/vote")
    return await chat.wait(lambda message: message.photo is not None)


async def asked_again(chat: Chat, before: Message) -> Message:
    """Return the message once it shows another question."""
    return await chat.wait(lambda message: message.id == before.id and message.buttons != before.buttons)


async def test_votes_are_kept_with_the_study_and_the_next_pair_follows_in_place(
    voting_chat: RunningChat, study: Path
) -> None:
    """A, B, equal, another pair, stop; the report ranks what was chosen."""
    async with Client(voting_chat.url) as ann:
        chat = await ann.open()
        question = await begin(chat)
        assert question.text == EN("vote-question", count=0)
        for votes, button in enumerate(("A", "B", EN("button-vote-equal")), 1):
            await chat.press(question, button)
            question = await asked_again(chat, question)
            assert question.text == EN("vote-question", count=votes)
        await chat.press(question, EN("button-vote-other"))
        question = await asked_again(chat, question)
        await chat.press(question, EN("button-vote-stop"))
        ended = await chat.wait(lambda message: message.text == EN("vote-thanks", count=3))
        assert (ended.id, ended.buttons) == (question.id, ())
        found = VoteStore(study).votes()
        assert [vote.choice for vote in found] == ["left", "right", "equal"]
        assert {vote.voter for vote in found} == {await voting_chat.stores.people.voter(ann.id)}
        assert str(ann.id).encode() not in (study / NAME).read_bytes()
        assert set(ranks(study) or ()) == set(METHODS) - {"content", "style"}


async def test_when_everything_is_compared_the_bot_says_so(voting_chat: RunningChat, study: Path) -> None:
    """Also at the next /vote, and in Russian."""
    async with Client(voting_chat.url, language="ru") as ann:
        chat = await ann.open()
        question = await begin(chat)
        for votes in range(1, 6):
            await chat.press(question, RU("button-vote-equal"))
            question = await asked_again(chat, question)
            assert question.text == RU("vote-question", count=votes)
        await chat.press(question, RU("button-vote-other"))
        await chat.wait(lambda message: message.text == RU("vote-last"))
        await chat.press(question, "A")
        await chat.wait(lambda message: message.text == RU("vote-done") and not message.buttons)
        await chat.send("/vote")
        await chat.wait(lambda message: message.text == RU("vote-done") and message.id > question.id)
        assert len(VoteStore(study).votes()) == 6


async def test_forget_takes_the_votes_out_of_the_study(voting_chat: RunningChat, study: Path) -> None:
    """Those of others stay."""
    async with Client(voting_chat.url) as ann, Client(voting_chat.url, "Bob") as bob:
        for person in (ann, bob):
            chat = await person.open()
            question = await begin(chat)
            await chat.press(question, "A")
            await asked_again(chat, question)
        chat = await ann.open()
        bobs = await voting_chat.stores.people.voter(bob.id)
        await chat.send("/forget")
        await chat.press(await chat.wait(lambda message: message.text == EN("forget")), EN("button-forget"))
        await chat.wait(lambda message: message.text == EN("forgotten"))
        assert [vote.voter for vote in VoteStore(study).votes()] == [bobs]


async def test_a_banned_users_votes_do_not_count(tmp_path: Path, study: Path) -> None:
    """What is theirs is deleted, as by /forget. The operator is the first person of a new sandbox."""
    ballot, first = Ballot(study), 1000001
    async with (
        run_chat(tmp_path, study=ballot, operators=frozenset({first})) as at_work,
        Client(at_work.url, "Olga") as olga,
    ):
        voter = await at_work.stores.people.voter(77)
        question = ballot.next(voter)
        assert question is not None
        ballot.cast(voter, question, "left")
        desk = await olga.open()
        await desk.send("/ban 77")
        await desk.wait(lambda message: message.text == EN("ban-done", id="77"))
        assert ballot.votes() == []


async def listed(chat: Chat) -> set[str]:
    """Return the commands that the bot lists in a chat."""
    found = await chat.client.call("GET", f"/api/chats/{chat.key}", {"user": chat.client.id})
    return {each["command"] for each in found["commands"]}


async def test_without_a_study_there_is_one_sentence_and_no_command_in_the_menu(running_chat: RunningChat) -> None:
    """Neither is it listed."""
    await introduce_bot(running_chat)
    async with Client(running_chat.url) as ann:
        chat = await ann.open()
        await chat.send("/vote")
        await chat.wait(lambda message: message.text == EN("vote-none"))
        assert "queue" in await listed(chat)
        assert "vote" not in await listed(chat)


async def test_the_command_is_listed_where_there_is_a_study_and_only_in_private(
    voting_chat: RunningChat, study: Path
) -> None:
    """In a group the bot asks for the private chat."""
    await introduce_bot(voting_chat, study=Ballot(study))
    async with Client(voting_chat.url) as ann:
        assert "vote" in await listed(await ann.open())
        friends = await group(ann)
        assert "vote" not in await listed(friends)
        await friends.send("/vote")
        await friends.wait(lambda message: message.text == EN("vote-private"))


async def test_a_button_of_another_study_is_no_vote(tmp_path: Path, study: Path) -> None:
    """After a restart with other results the same numbers would mean other pictures."""
    async with (
        running(World(limits=False)) as url,
        open_sqlite(tmp_path / "db", tmp_path / "blobs") as stores,
        Client(url) as ann,
    ):
        async with run_chat_on(url, stores, study=Ballot(study)):
            chat = await ann.open()
            question = await begin(chat)
        small_study(study, contents=3)
        async with run_chat_on(url, stores, study=Ballot(study)):
            answer = await chat.press(question, "A")
            assert (answer.text, answer.alert) == (EN("vote-gone"), True)
        assert VoteStore(study).votes() == []


async def test_a_message_that_cannot_be_edited_is_followed_by_a_new_one(voting_chat: RunningChat) -> None:
    """The vote is kept all the same."""
    async with Client(voting_chat.url) as ann:
        chat = await ann.open()
        question = await begin(chat)
        await voting_chat.fault(
            ann, "error", "editMessageMedia", status=400, description="Bad Request: message can't be edited"
        )
        await chat.press(question, "A")
        following = await chat.wait(lambda message: message.photo is not None and message.id > question.id)
        assert following.text == EN("vote-question", count=1)


@pytest.mark.refused("editMessageMedia", "message is not modified")
async def test_a_second_press_changes_the_vote(voting_chat: RunningChat, study: Path) -> None:
    """Two presses in a row count once, as the last of them."""
    async with Client(voting_chat.url) as ann:
        chat = await ann.open()
        question = await begin(chat)
        await voting_chat.fault(ann, "delay", "editMessageMedia", seconds=0.5)  # so that both buttons are still there
        for button in ("A", "B"):
            await chat.press(question, button)

        async def both_done() -> bool:
            calls = (await ann.call("GET", "/api/wire"))["calls"]
            return len([call for call in calls if call["method"] == "editMessageMedia" and call["status"]]) == 2

        await eventually(both_done)
        assert [vote.choice for vote in VoteStore(study).votes()] == ["right"]


async def test_a_study_that_cannot_be_used_is_told(voting_chat: RunningChat, study: Path) -> None:
    """Its pictures are gone, or its votes cannot be kept."""
    async with Client(voting_chat.url) as ann:
        chat = await ann.open()
        question = await begin(chat)
        (study / NAME).write_text("no database " * 100)
        await chat.press(question, "A")
        await chat.wait(lambda message: message.text == EN("vote-broken"))
        (study / NAME).unlink()
        for picture in (study / "pictures").iterdir():
            picture.unlink()
        await chat.send("/vote")
        await chat.wait(lambda message: message.text == EN("vote-broken"))


def test_a_setting_that_names_no_study_is_one_sentence(tmp_path: Path) -> None:
    """The bot does not start, and says which setting is wrong."""
    with pytest.raises(SettingsError, match=r"VITRAGE_STUDY: .* is not the folder of a study"):
        _study(tmp_path)
    assert _study(None) is None


def test_the_sheet_shows_four_pictures_and_two_letters() -> None:
    """Content and style above, A and B below, portraits no taller than fits a screen."""
    colours = {"content": "red", "style": "green", "left": "blue", "right": "orange"}
    files = [
        encoded(Image.new("RGB", (60, 200) if name == "right" else (90, 60), colour), "PNG")
        for name, colour in colours.items()
    ]
    with Image.open(io.BytesIO(ballot_sheet(*files))) as sheet:
        assert (sheet.width, sheet.height <= GIVEN + 24 + 1.4 * WIDTH / 2) == (WIDTH, True)
        places = [(WIDTH // 4, 150), (3 * WIDTH // 4, 150), (WIDTH // 4, GIVEN + 200), (3 * WIDTH // 4, GIVEN + 200)]
        for place, colour in zip(places, colours.values(), strict=True):
            found, wanted = sheet.getpixel(place), ImageColor.getrgb(colour)
            assert isinstance(found, tuple)
            assert max(abs(a - b) for a, b in zip(found, wanted, strict=True)) < 20
