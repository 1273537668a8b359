"""The pages at the width of a phone: nothing is cut off or out of reach."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Locator, Page, expect

from bot.sandbox.client import Client
from tests.support.painter import TOKEN
from tests.support.sandbox_client import Api

WIDTH = 390
CUT = "element => element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight"


async def box(part: Locator) -> tuple[float, float, float, float]:
    """Where something is: left, top, right, bottom."""
    found = await part.bounding_box()
    assert found is not None
    return found["x"], found["y"], found["x"] + found["width"], found["y"] + found["height"]


async def test_the_composer(phone: Page, pictures: tuple[Path, Path]) -> None:
    """The field shows its words as soon as the chat is open; two photos wait side by side, the choice below them."""
    await phone.get_by_test_id("chat").tap()
    await expect(phone.get_by_test_id("greeting")).to_be_visible()
    assert not await phone.get_by_test_id("field").evaluate(CUT)
    await phone.get_by_test_id("file-input").set_input_files(list(pictures))
    first, second = [await box(phone.get_by_test_id("attachment").nth(number)) for number in (0, 1)]
    assert first[1] == second[1]
    assert (await box(phone.get_by_test_id("form")))[1] >= first[3]


async def test_four_buttons_in_a_row(phone: Page, ann: Client, sandbox: str) -> None:
    """Short labels of buttons are not cut off."""
    await phone.get_by_test_id("chat").tap()
    await phone.get_by_test_id("start").tap()
    await expect(phone.get_by_test_id("key")).to_have_count(4)
    row = [{"text": words, "callback_data": words} for words in ("Stronger", "Softer", "Swap", "Bigger")]
    async with Api(sandbox, TOKEN) as api:
        await api.call("sendMessage", chat_id=ann.id - 1, text="?", reply_markup={"inline_keyboard": [row]})
    await expect(phone.get_by_test_id("key")).to_have_count(8)
    assert [await key.evaluate(CUT) for key in await phone.get_by_test_id("key").all()] == [False] * 8


async def test_the_members_of_a_group(phone: Page, ann: Client) -> None:
    """Each has a name beside the buttons, and a round picture."""
    body = {"user": ann.id - 1, "title": "Club", "members": [ann.id, 4242]}
    key = (await ann.call("POST", "/api/groups", body))["key"]
    await phone.locator(f"[data-key='{key}']").tap()
    await phone.get_by_test_id("chat-info").tap()
    members = phone.get_by_test_id("dialog").locator("li")
    for number, name in enumerate(("Гость", "Ann", "Vitrage")):
        shown = members.nth(number).get_by_text(name, exact=True)
        assert not await shown.evaluate(CUT)
        await expect(members.nth(number).locator(".avatar")).to_have_css("border-radius", "50%")


async def test_the_call_log(phone: Page, sandbox: str) -> None:
    """All its buttons and fields are on the screen."""
    await phone.goto(f"{sandbox}/wire")
    await phone.get_by_test_id("fault-panel").locator("summary").tap()
    await expect(phone.get_by_test_id("call").first).to_be_visible()
    for part in await phone.locator("button, input, select").all():
        assert (await box(part))[2] <= WIDTH
