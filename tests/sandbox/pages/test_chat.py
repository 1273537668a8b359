"""The web chat in a real browser, with a real bot on the other side."""

from __future__ import annotations

import base64
import json
from pathlib import Path

from playwright.async_api import Page, expect

from bot.sandbox.client import Client
from bot.sandbox.state.world import World
from tests.support.painter import TOKEN
from tests.support.sandbox_client import Api
from tests.support.videos import plain_picture
from tests.support.web_chat import write

Pictures = tuple[Path, Path]
DROP = """async ([selector, bytes, kind]) => {
    const data = new DataTransfer();
    const part = Uint8Array.from(atob(bytes), (c) => c.charCodeAt(0));
    data.items.add(new File([part], "dropped.png", { type: "image/png" }));
    const init = { bubbles: true, cancelable: true, [kind === "paste" ? "clipboardData" : "dataTransfer"]: data };
    const target = document.querySelector(selector);
    if (kind !== "paste") target.dispatchEvent(new DragEvent("dragover", init));
    target.dispatchEvent(kind === "paste" ? new ClipboardEvent("paste", init) : new DragEvent("drop", init));
}"""


async def send_pair(page: Page, pictures: Pictures, caption: str = "") -> None:
    """Send two photos as an album and wait for the result."""
    await page.get_by_test_id("file-input").set_input_files(list(pictures))
    await page.get_by_test_id("field").fill(caption)
    await page.get_by_test_id("send").click()
    await expect(page.get_by_test_id("compare")).to_be_visible()


async def test_two_photos_become_a_picture(page: Page, pictures: Pictures) -> None:
    """A newcomer opens the page, sends two photos, and sees the result arrive without reloading."""
    await page.get_by_test_id("chat").click()
    await page.get_by_test_id("start").click()
    await expect(page.get_by_test_id("key")).to_have_count(4)
    for each in pictures:
        await page.get_by_test_id("file-input").set_input_files(each)
        await page.get_by_test_id("send").click()
    result = page.locator("[data-from=bot]", has=page.get_by_test_id("compare"))
    await expect(result).to_be_visible()
    await expect(result.get_by_test_id("edited")).to_be_visible()
    await expect(result.get_by_test_id("quote")).to_be_visible()
    await expect(page.get_by_test_id("reaction")).to_be_visible()
    await expect(result.get_by_test_id("photo")).to_have_js_property("naturalWidth", 451)  # the cat's own


async def test_an_album_with_a_caption_and_the_viewer(page: Page, pictures: Pictures) -> None:
    """Two files become one album; the viewer compares the result with its source, zooms, and closes by a key."""
    await page.get_by_test_id("chat").click()
    await send_pair(page, pictures, "Like this, please")
    album = page.locator(".album")
    await expect(album.get_by_test_id("photo")).to_have_count(2)
    await expect(album.get_by_test_id("text")).to_have_text("Like this, please")
    await page.get_by_test_id("compare").click()
    slider = page.get_by_test_id("slider")
    before = await page.locator(".before").evaluate("picture => getComputedStyle(picture).clipPath")
    await slider.focus()
    for _ in range(10):
        await page.keyboard.press("ArrowRight")
    assert await page.locator(".before").evaluate("picture => getComputedStyle(picture).clipPath") != before
    await page.get_by_test_id("viewer-compare").click()
    await page.get_by_test_id("zoom-in").click()
    await expect(page.get_by_test_id("viewer-picture")).to_have_attribute("data-zoom", "1.40")
    await page.keyboard.press("Escape")
    await expect(page.get_by_test_id("viewer")).to_have_count(0)


async def test_buttons_answer_and_edit(page: Page) -> None:
    """A toast, an alert, and an edit that appears in place, with every button style."""
    await page.get_by_test_id("chat").click()
    await page.get_by_test_id("start").click()
    await expect(page.locator(".key.danger")).to_have_text("Forget me")
    await expect(page.locator("a.key")).to_have_attribute("rel", "noopener noreferrer")
    await page.locator(".key.primary").click()
    await expect(page.get_by_test_id("toast")).to_have_text("You chose standard")
    await page.locator(".key.danger").click()
    await expect(page.get_by_test_id("alert-text")).to_have_text("You chose forget")
    await page.keyboard.press("Enter")
    await page.locator(".key.success").click()
    await expect(page.get_by_text("Fine it is.").last).to_be_visible()
    await expect(page.get_by_test_id("keyboard")).to_have_count(0)


async def test_a_group_with_a_topic(page: Page, pictures: Pictures, ann: Client) -> None:
    """Make a forum with a person and the bot, open a topic and write in it; the answer stays in the topic."""
    await page.get_by_test_id("new-group").click()
    await page.get_by_test_id("field-title").fill("Painters")
    await page.get_by_test_id("check-topics").check()
    await page.get_by_test_id(f"check-member-{ann.id}").check()
    await page.get_by_test_id("check-member-4242").check()
    await page.get_by_test_id("submit").click()
    await expect(page.get_by_test_id("chat-name")).to_have_text("Painters")
    await expect(page.get_by_test_id("status")).to_contain_text("Ann")
    await page.get_by_test_id("new-topic").click()
    await page.get_by_test_id("field-topic").fill("Cats")
    await page.get_by_test_id("submit").click()
    await expect(page.get_by_test_id("topic").nth(1)).to_have_attribute("aria-pressed", "true")
    await write(page, "/start@vitrage_bot")
    await expect(page.get_by_test_id("key")).to_have_count(4)
    await page.get_by_test_id("topic").first.click()
    await expect(page.get_by_test_id("key")).to_have_count(0)
    key = await page.locator("[data-key^=g]").get_attribute("data-key")
    assert key is not None
    await ann.chat(key).send("hello from Ann")
    await expect(page.get_by_text("hello from Ann").last).to_be_visible()


async def test_another_person_sees_their_own_side(page: Page, ann: Client) -> None:
    """Switching the person switches the chats: what the other person wrote to the bot is not shown."""
    await page.get_by_test_id("chat").click()
    await write(page, "only mine")
    await expect(page.get_by_test_id("message")).to_have_count(1)
    await page.get_by_test_id("me").click()
    await page.get_by_test_id("person").filter(has_text="Ann").click()
    await expect(page.get_by_test_id("me-name")).to_have_text("Ann")
    await page.get_by_test_id("chat").click()
    await expect(page.get_by_test_id("greeting")).to_be_visible()


async def test_replies_edits_reactions_and_deletion(page: Page) -> None:
    """What the menu of a message offers."""
    await page.get_by_test_id("chat").click()
    await write(page, "frist")
    message = page.get_by_test_id("message").first
    await message.hover()
    await message.get_by_label("More").click()
    await page.get_by_test_id("menu").get_by_text("Edit").click()
    await write(page, "first")
    await expect(message.get_by_test_id("text")).to_have_text("first")
    await message.hover()
    await message.get_by_test_id("reply").click()
    await write(page, "second")
    await expect(page.get_by_test_id("quote")).to_contain_text("first")
    await message.get_by_label("More").click()
    await page.get_by_test_id("menu").get_by_text("React").click()
    await page.get_by_test_id("menu").get_by_text("🔥").click()
    await expect(message.get_by_test_id("reaction")).to_contain_text("🔥")
    await message.get_by_label("More").click()
    await page.get_by_test_id("menu").get_by_text("Delete").click()
    await expect(page.get_by_test_id("message")).to_have_count(1)


async def test_pictures_by_drop_and_paste_and_as_file(page: Page) -> None:
    """Dropped and pasted pictures wait in the tray; as files they keep their name."""
    await page.get_by_test_id("chat").click()
    encoded = base64.b64encode(plain_picture((200, 100), "PNG", "teal")).decode()
    await page.evaluate(DROP, ["#conversation", encoded, "drop"])
    await expect(page.get_by_test_id("attachment")).to_have_count(1)
    await page.evaluate(DROP, ["textarea", encoded, "paste"])
    await expect(page.get_by_test_id("attachment")).to_have_count(2)
    await page.get_by_test_id("attachment").first.get_by_role("button").click()
    await page.get_by_test_id("form").select_option("file")
    await page.get_by_test_id("send").click()
    await expect(page.get_by_test_id("document")).to_contain_text("dropped.png")
    await expect(page.get_by_test_id("tray")).to_be_hidden()


async def test_a_picture_is_sent_hidden(page: Page) -> None:
    """The picture is covered until a click removes the cover."""
    await page.get_by_test_id("chat").click()
    await page.evaluate(
        DROP, ["#conversation", base64.b64encode(plain_picture((200, 100), "PNG", "teal")).decode(), "drop"]
    )
    await page.get_by_test_id("form").select_option("spoiler")
    await page.get_by_test_id("send").click()
    await page.get_by_test_id("spoiler").click()
    await expect(page.get_by_test_id("spoiler")).to_have_count(0)


async def test_commands_complete_as_one_types(page: Page) -> None:
    """A slash opens the bot's commands; arrows and Enter choose one."""
    await page.get_by_test_id("chat").click()
    field = page.get_by_test_id("field")
    await field.fill("/")
    await expect(page.get_by_test_id("command-option")).to_have_count(3)
    await field.press_sequentially("s")
    await expect(page.get_by_test_id("command-option")).to_have_count(2)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowUp")
    await page.keyboard.press("Enter")
    await expect(page.get_by_test_id("key")).to_have_count(4)


async def test_texts_and_names_stay_text(page: Page, ann: Client) -> None:
    """Markup in a message, a name or a file name is shown, never run."""
    evil = "<img src=x onerror=\"document.title='owned'\">"
    group = await ann.call("POST", "/api/groups", {"user": ann.id, "title": evil, "members": [4242, ann.id - 1]})
    chat = ann.chat(group["key"])
    await chat.send(evil)
    await ann.call(
        "POST", f"/api/chats/{chat.key}/messages", data={"user": str(ann.id)}, files={"files": (f"{evil}.txt", b"x")}
    )
    await page.locator(f"[data-key='{chat.key}']").click()
    await expect(page.get_by_test_id("chat-name")).to_have_text(evil)
    await expect(page.get_by_test_id("text")).to_have_text(evil)
    await expect(page.get_by_test_id("document")).to_be_visible()
    assert await page.locator("img[src=x]").count() == 0
    assert await page.title() == "Vitrage · Sandbox"


async def test_spoilers_and_animations(page: Page, ann: Client, sandbox: str) -> None:
    """A covered picture of an album is shown after a click; a GIF and the bot's chat action are shown."""
    await page.get_by_test_id("chat").click()
    await write(page, "hi")
    me = ann.id - 1
    media = [{"type": "photo", "media": "attach://a", "has_spoiler": True}, {"type": "photo", "media": "attach://b"}]
    files = {
        "a": ("a.png", plain_picture((200, 100), "PNG", "red")),
        "b": ("b.png", plain_picture((200, 100), "PNG", "blue")),
    }
    gif = {"animation": ("a.gif", plain_picture((200, 100), "GIF", "red"))}
    async with Api(sandbox, TOKEN) as api:
        await api.call("sendMediaGroup", files, chat_id=me, media=json.dumps(media))
        await api.call("sendAnimation", gif, chat_id=me)
        await api.call("sendChatAction", chat_id=me, action="upload_photo")
    await expect(page.get_by_test_id("status")).to_have_text("sending a photo…")
    await expect(page.get_by_test_id("animation")).to_be_visible()
    await page.get_by_test_id("spoiler").click()
    await expect(page.get_by_test_id("spoiler")).to_have_count(0)


async def test_a_phone(phone: Page, pictures: Pictures) -> None:
    """On a narrow screen there is one column at a time, in the person's language, and nothing sticks out."""
    await expect(phone.locator("html")).to_have_attribute("lang", "ru")
    await expect(phone.get_by_test_id("conversation")).to_be_hidden()
    await phone.get_by_test_id("chat").tap()
    await expect(phone.get_by_test_id("sidebar")).to_be_hidden()
    await expect(phone.get_by_test_id("start")).to_have_text("Начать")
    await send_pair(phone, pictures)
    assert await phone.evaluate("document.documentElement.scrollWidth") <= 390
    await phone.get_by_test_id("back").tap()
    await expect(phone.get_by_test_id("sidebar")).to_be_visible()


async def test_the_page_survives_a_reload(page: Page) -> None:
    """The same person, the same chat, the same messages."""
    await page.get_by_test_id("chat").click()
    await write(page, "still here")
    await expect(page.get_by_test_id("message")).to_have_count(1)
    await page.reload()
    await expect(page.get_by_test_id("text")).to_have_text("still here")
    await expect(page.get_by_test_id("me-name")).to_have_text("Guest")


async def test_the_call_log_page(page: Page, sandbox: str, world: World) -> None:
    """Every call with its answer and time, filtered by text; faults are switched on with two clicks."""
    await page.get_by_test_id("chat").click()
    await page.get_by_test_id("start").click()
    await expect(page.get_by_test_id("key")).to_have_count(4)
    await page.goto(f"{sandbox}/wire")
    call = page.locator("[data-method=sendMessage]")
    await call.locator("summary").click()
    await expect(call.locator("pre").first).to_contain_text("inline_keyboard")
    await page.get_by_test_id("filter").fill("setMyDescription")
    await expect(page.get_by_test_id("call")).to_have_count(1)
    await page.get_by_test_id("fault-panel").locator("summary").click()
    await page.get_by_test_id("fault-method").fill("sendPhoto")
    await page.get_by_test_id("add-fault").click()
    await expect(page.get_by_test_id("faults")).to_contain_text("flood 3 s")
    await page.get_by_test_id("kind").select_option("delay")
    await page.get_by_test_id("most-seconds").fill("4")
    await page.get_by_test_id("percent").fill("50")
    await page.get_by_test_id("add-fault").click()
    await expect(page.get_by_test_id("faults")).to_contain_text("delay 3 s")
    assert [(fault.rate, fault.most_seconds) for fault in world.faults.active] == [(1.0, 0.0), (0.5, 4.0)]
