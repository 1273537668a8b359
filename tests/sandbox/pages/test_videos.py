"""Videos and stickers in the web chat."""

from __future__ import annotations

import json

from PIL import Image
from playwright.async_api import FilePayload, Page, expect

from bot.sandbox.client import Client
from tests.support.painter import TOKEN
from tests.support.sandbox_client import Api
from tests.support.videos import plain_picture, video
from tests.support.web_chat import write

FRAMES = [Image.new("RGB", (320, 240), color) for color in ("red", "green", "blue")] * 4


async def test_videos_play_and_stickers_have_no_bubble(page: Page) -> None:
    """A silent video of a person plays by itself, one with sound has controls, a sticker has no bubble."""
    await page.get_by_test_id("chat").click()
    parts: list[FilePayload] = [
        {"name": "silent.mp4", "mimeType": "video/mp4", "buffer": video(FRAMES)},
        {"name": "loud.mp4", "mimeType": "video/mp4", "buffer": video(FRAMES, sound=True)},
    ]
    for part in parts:
        await page.get_by_test_id("file-input").set_input_files(part)
        await page.get_by_test_id("send").click()
    await page.wait_for_function("() => document.querySelector('video[data-testid=animation]')?.currentTime > 0")
    loud = page.get_by_test_id("video")
    await expect(loud).to_have_attribute("controls", "")
    await page.wait_for_function("() => document.querySelector('video[data-testid=video]').duration >= 3")
    await page.get_by_test_id("file-input").set_input_files(
        {"name": "cat.png", "mimeType": "image/png", "buffer": plain_picture((200, 100), "PNG", "red")}
    )
    await page.get_by_test_id("form").select_option("sticker")
    await page.get_by_test_id("send").click()
    sticker = page.get_by_test_id("sticker").locator("img")
    await expect(sticker).to_have_js_property("naturalWidth", 512)
    bubble = page.locator(".bubble", has=sticker)
    await expect(bubble).to_have_css("background-color", "rgba(0, 0, 0, 0)")
    await page.get_by_test_id("sticker").click()
    await expect(page.get_by_test_id("viewer-picture")).to_be_visible()


async def test_what_bots_send(page: Page, ann: Client, sandbox: str) -> None:
    """A video in an album, an animation in a message that was text, a sticker with buttons under it."""
    await page.get_by_test_id("chat").click()
    await write(page, "hi")
    await expect(page.get_by_test_id("message")).to_have_count(1)
    me = ann.id - 1
    keys = json.dumps({"inline_keyboard": [[{"text": "Go", "callback_data": "go"}]]})
    album = json.dumps([{"type": "photo", "media": "attach://a"}, {"type": "video", "media": "attach://b"}])
    animation = json.dumps({"type": "animation", "media": "attach://b", "caption": "how it was painted"})
    files = {"a": ("a.png", plain_picture((200, 100), "PNG", "red")), "b": ("b.mp4", video(FRAMES))}
    sticker = {"sticker": ("a.webp", plain_picture((200, 100), "WEBP", "teal"))}
    async with Api(sandbox, TOKEN) as api:
        await api.call("sendMediaGroup", files, chat_id=me, media=album)
        sent = await api.call("sendMessage", chat_id=me, text="filming")
        edited = {"chat_id": me, "message_id": sent["message_id"]}
        await api.call("editMessageMedia", {"b": files["b"]}, **edited, media=animation)
        await api.call("sendSticker", sticker, chat_id=me, reply_markup=keys)
    await expect(page.get_by_test_id("album").get_by_test_id("video")).to_be_visible()
    await page.wait_for_function("() => document.querySelector('video[data-testid=animation]')?.currentTime > 0")
    await expect(page.get_by_text("how it was painted").last).to_be_visible()
    await expect(
        page.locator("[data-from=bot]", has=page.get_by_test_id("sticker")).get_by_test_id("key")
    ).to_be_visible()
