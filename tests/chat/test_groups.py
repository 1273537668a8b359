"""In a group the bot is silent unless spoken to, and answers in place."""

from __future__ import annotations

from bot.chat.texts import texts
from bot.demo.person import Chat, Person
from tests.chat.stage import Stage, from_bot, picture

EN = texts("en")


async def group(ann: Person, *, forum: bool = False) -> Chat:
    """Make a group with the bot as a member that sees every message, as an administrator does."""
    bots = (await ann.call("GET", "/api/bots"))["bots"]
    made = await ann.call(
        "POST",
        "/api/groups",
        {"user": ann.id, "title": "Friends", "forum": forum, "admins": [bots[0]["id"]], "members": [bots[0]["id"]]},
    )
    return ann.chat(made["key"])


async def test_photos_that_are_not_for_the_bot_are_left_alone(stage: Stage) -> None:
    """Friends show each other photos and albums; the bot says nothing, and keeps nothing."""
    async with Person(stage.url) as ann:
        await ann.open()
        chat = await group(ann)
        await chat.send_photos([picture()])
        await chat.send_photos([picture(), picture()])
        await chat.send("hello everybody")
        await chat.send("/queue")  # an answer to this proves that all before it was handled
        answer = await chat.wait()
        assert answer.text == EN("queue-empty")
        assert len(await from_bot(chat)) == 1


async def test_style_under_an_album_makes_a_job_whose_answer_replies_to_it(stage: Stage) -> None:
    """/style in the caption of the first photo speaks for the whole album."""
    async with Person(stage.url) as ann:
        await ann.open()
        chat = await group(ann)
        sent = await chat.send_photos([picture(), picture(color="blue")], "/style")
        await stage.finish(await stage.claim())
        answer = await chat.wait(lambda message: message.photo is not None)
        assert answer.reply_to == sent[0].id


async def test_style_in_reply_to_a_photo_takes_it_and_asks_for_the_other(stage: Stage) -> None:
    """Then a photo in reply to the bot's question is the style."""
    async with Person(stage.url, "Ann") as ann, Person(stage.url, "Bob") as bob:
        await ann.open()
        chat = await group(ann)
        photo = (await chat.send_photos([picture()]))[0]
        await chat.send("/style", reply_to=photo)
        question = await chat.wait()
        assert question.text == f"{EN('draft-content')} {EN('draft-in-group')}"
        await chat.send_photos([picture(color="blue")], reply_to=question)
        await stage.finish(await stage.claim())
        assert (await chat.wait(lambda message: message.photo is not None)).photo is not None
        assert bob.id != ann.id


async def test_the_answer_stays_in_the_topic(stage: Stage) -> None:
    """In a forum nobody has to look for the picture elsewhere."""
    async with Person(stage.url) as ann:
        await ann.open()
        chat = await group(ann, forum=True)
        topic = await ann.call("POST", f"/api/chats/{chat.key}/topics", {"user": ann.id, "name": "Art"})
        thread = topic["id"]
        await chat.send_photos([picture(), picture(color="blue")], "/style", topic=thread)
        await stage.finish(await stage.claim())
        answer = await chat.wait(lambda message: message.photo is not None)
        assert answer.topic == thread


async def test_only_the_requester_may_press_cancel(stage: Stage) -> None:
    """Somebody else's press is refused with a word, and changes nothing."""
    async with Person(stage.url, "Ann") as ann, Person(stage.url, "Bob") as bob:
        await ann.open()
        chat = await group(ann)
        await ann.call("POST", f"/api/chats/{chat.key}/members", {"user": ann.id, "member": bob.id})
        await chat.send_photos([picture(), picture(color="blue")], "/style")
        status = await chat.wait(lambda message: bool(message.buttons))
        refused = await bob.chat(chat.key).press(status, EN("button-cancel"))
        assert (refused.text, refused.alert) == (EN("not-yours"), True)
        assert (await chat.press(status, EN("button-cancel"))).text == EN("cancel-done", count=1)
