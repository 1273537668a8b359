"""The check that runs after each test catches what it is there for: refusals, malformed calls, malformed answers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from aiogram.methods import GetUpdates, SendChatAction, SendMediaGroup, SendMessage, SendPhoto
from aiogram.types import BotCommand, InlineKeyboardButton, ReactionTypeEmoji
from pydantic import BaseModel

from bot.sandbox.client import Client
from bot.sandbox.server import running
from tests.support.sandbox_client import TOKEN, Api
from tests.support.second_opinion.answers import answer_complaints
from tests.support.second_opinion.calls import call_complaints
from tests.support.second_opinion.check import Expected, problems
from tests.support.second_opinion.watch import LoggedCall
from tests.support.second_opinion.wording import enumeration, field_texts, rules_of, without_markup

ROOT = Path(__file__).parents[1]
PLACE = {"chat_id": "7", "message_id": "8"}
PHOTO = {"type": "photo", "media": "attach://a"}


def keys(**button: Any) -> str:
    """Return a keyboard of one button as a form has it."""
    return json.dumps({"inline_keyboard": [[{"text": "Go", **button}]]})


RIGHT: list[tuple[str, Mapping[str, Any], set[str]]] = [
    ("getMe", {}, set()),
    ("sendMessage", {"chat_id": "-1007", "text": "<b>x</b>" * 4096, "parse_mode": "HTML"}, set()),
    ("sendMessage", {"chat_id": 7, "text": "x", "reply_markup": keys(callback_data="a" * 64, style="danger")}, set()),
    ("sendPhoto", {"chat_id": "@name", "photo": "<file>", "has_spoiler": "true"}, {"photo"}),
    ("sendPhoto", {"chat_id": "7", "photo": "attach://p", "p": "<file>"}, {"p"}),
    ("sendPhoto", {"chat_id": "7", "photo": "AgACAgIAAxkBAAIC"}, set()),
    ("editMessageMedia", {**PLACE, "media": json.dumps(PHOTO), "a": "<file>"}, {"a"}),
    ("sendMediaGroup", {"chat_id": "7", "media": json.dumps([PHOTO, PHOTO | {"media": "id"}]), "a": "<f>"}, {"a"}),
    ("getUpdates", {"timeout": "10", "allowed_updates": '["message", "callback_query"]'}, set()),
    ("setMessageReaction", {**PLACE, "reaction": '[{"type": "emoji", "emoji": "🎉"}]'}, set()),
]
WRONG: list[tuple[str, Mapping[str, Any], set[str], str]] = [
    ("sendMessage", {"chat_id": "7"}, set(), "text is missing, and SendMessage requires it"),
    ("sendMessage", {"chat_id": "7", "text": "x", "colour": "red"}, set(), "colour is unknown to SendMessage"),
    ("sendMessage", {"chat_id": "7", "text": "x" * 4097}, set(), "text has 4097 characters, and 1-4096 are allowed"),
    ("sendMessage", {"chat_id": "7", "text": "😀" * 2049}, set(), "text has 4098 characters, and 1-4096 are allowed"),
    ("sendMessage", {"chat_id": "7", "text": "x", "parse_mode": "LaTeX"}, set(), "parse_mode is 'LaTeX', and must be"),
    ("sendMessage", {"chat_id": "7", "text": "x", "message_thread_id": "a"}, set(), "must be of type Integer"),
    ("sendMessage", {"chat_id": "7", "text": "x", "protect_content": "maybe"}, set(), "must be of type Boolean"),
    ("sendMessage", {"chat_id": "7", "text": "x", "allow_sending_without_reply": "true"}, set(), "is deprecated"),
    ("sendMessage", {"chat_id": "7", "text": "x", "reply_markup": "no"}, set(), "must be an object"),
    (
        "sendMessage",
        {"chat_id": "7", "text": "x", "reply_markup": keys(callback_data="я" * 33)},
        set(),
        "reply_markup.inline_keyboard[0][0].callback_data has 66 bytes, and 1-64 are allowed",
    ),
    (
        "sendMessage",
        {"chat_id": "7", "text": "x", "reply_markup": keys(callback_data="a", style="pink")},
        set(),
        "style is 'pink', and must be one of ['danger', 'success', 'primary']",
    ),
    (
        "sendMessage",
        {"chat_id": "7", "text": "x", "reply_markup": keys()},
        set(),
        "nothing: InlineKeyboardButton takes",
    ),
    (
        "sendMessage",
        {"chat_id": "7", "text": "x", "reply_markup": keys(callback_data="a", url="https://a.b")},
        set(),
        "callback_data and url: InlineKeyboardButton takes one of",
    ),
    (
        "sendMessage",
        {"chat_id": "7", "text": "x", "reply_parameters": '{"message_id": "9"}'},
        set(),
        "reply_parameters.message_id is '9', and must be of type Integer",
    ),
    ("sendMessage", {"chat_id": "7", "text": "<f>"}, {"text"}, "text is a file, and no file may stand there"),
    ("sendPhoto", {"chat_id": "7", "photo": "id", "caption": "x" * 1025}, set(), "caption has 1025 characters"),
    ("sendPhoto", {"chat_id": "7", "photo": "attach://p"}, set(), "photo is attach://p, but no part has that name"),
    ("sendPhoto", {"chat_id": "7", "photo": "id", "p": "<f>"}, {"p"}, "p is a part that nothing refers to"),
    ("sendChatAction", {"chat_id": "7", "action": "painting"}, set(), "action is 'painting', and must be one of"),
    (
        "editMessageMedia",
        {**PLACE, "media": '{"type": "photo"}', "media0": "<f>"},
        {"media0"},
        "media.media is missing, and InputMediaPhoto requires it",
    ),
    ("editMessageMedia", {**PLACE, "media": "<f>"}, {"media"}, "media is a file, and no file may stand there"),
    ("editMessageMedia", {**PLACE, "media": json.dumps(PHOTO)}, set(), "but no part has that name"),
    ("editMessageCaption", {"caption": "x"}, set(), "chat_id is missing, and is required without inline_message_id"),
    ("sendMediaGroup", {"chat_id": "7", "media": '[{"type": "photo", "media": "i"}]'}, set(), "media has 1 items"),
    ("getUpdates", {"limit": "101"}, set(), "limit is 101, not 1-100"),
    ("getUpdates", {"allowed_updates": '["mesage"]'}, set(), "allowed_updates is 'mesage', and must be one of"),
    ("setMyCommands", {"commands": '[{"command": "Help", "description": "x"}]'}, set(), "must be of [a-z0-9_]"),
    ("setMessageReaction", {**PLACE, "reaction": '[{"type": "emoji", "emoji": "🐈"}]'}, set(), "emoji is '🐈'"),
    ("paintMessage", {}, set(), "paintMessage is no method of the Bot API"),
]


@pytest.mark.parametrize(("method", "request_", "parts"), RIGHT)
def test_right_calls_pass(method: str, request_: Mapping[str, Any], parts: set[str]) -> None:
    """What Telegram takes, in a form or as JSON."""
    assert call_complaints(method, request_, frozenset(parts)) == []


@pytest.mark.parametrize(("method", "request_", "parts", "rule"), WRONG)
def test_wrong_calls_are_caught(method: str, request_: Mapping[str, Any], parts: set[str], rule: str) -> None:
    """A complaint names the method, the field and the rule."""
    found = call_complaints(method, request_, frozenset(parts))
    assert any(said.startswith(method) and rule in said for said in found), found


@pytest.mark.parametrize(
    ("model", "field", "count"),
    [
        (SendMessage, "text", 1),
        (SendPhoto, "caption", 1),
        (SendMediaGroup, "media", 1),
        (GetUpdates, "limit", 1),
        (BotCommand, "command", 2),
        (InlineKeyboardButton, "callback_data", 1),
        (InlineKeyboardButton, "text", 0),
    ],
)
def test_rules_are_found_in_the_documentation(model: type[BaseModel], field: str, count: int) -> None:
    """Another release of aiogram may carry other words: the rules must not get lost in silence."""
    assert len(rules_of(model, field)) == count


def test_enumerations_are_found_in_the_documentation() -> None:
    """Those that Telegram lists in words."""
    colours = "Must be one of 'danger' (red), 'success' (green) or 'primary' (blue). If omitted, then 'none' is used"
    assert enumeration(colours) == ["danger", "success", "primary"]
    assert enumeration("Type of the chat, can be either 'private', 'group', 'supergroup' or 'channel'")[1] == "group"
    assert enumeration("Poll type, currently can be 'regular' or 'quiz'") == ["regular", "quiz"]
    assert enumeration("Label text on the button") == []
    actions = enumeration(field_texts(SendChatAction)["action"])
    assert {"typing", "upload_photo", "record_video", "upload_document"} <= set(actions)
    emoji = enumeration(field_texts(ReactionTypeEmoji)["emoji"])
    assert {"👀", "🎉", "👍"} <= set(emoji)


def test_markup_is_not_counted() -> None:
    """As the limits say: after entities parsing."""
    assert without_markup('<a href="https://a.b">x &lt; y</a> &amp; <b>z</b>') == "x < y & z"


USER = {"id": 1, "is_bot": True, "first_name": "Bot"}
MESSAGE = {"message_id": 1, "date": 1, "chat": {"id": 1, "type": "private", "first_name": "Ann"}, "text": "x"}


@pytest.mark.parametrize(
    ("method", "result", "rule"),
    [
        ("getMe", USER | {"id": "1"}, "result.id is '1', and must be of type Integer"),
        ("getMe", {"id": 1, "is_bot": True}, "result.first_name is missing, and User requires it"),
        ("getMe", USER | {"nickname": "B"}, "result.nickname is unknown to User"),
        ("getMe", USER | {"nickname": "B"}, "result has ['nickname'], which python-telegram-bot does not know"),
        ("sendMessage", MESSAGE | {"text": None}, "result.text is None, and must be of type String"),
        ("sendMessage", MESSAGE | {"date": True}, "result.date is True, and must be of type Integer"),
        ("getUpdates", [{"update_id": 1, "message": MESSAGE | {"colour": 1}}], "result[0].message.colour is unknown"),
        ("getUpdates", [{"update_id": 1, "message": MESSAGE | {"colour": 1}}], "result.message has ['colour']"),
        ("deleteMessage", "yes", "result is 'yes', and must be of type Boolean"),
    ],
)
def test_wrong_answers_are_caught(method: str, result: Any, rule: str) -> None:
    """Both libraries read every answer: a wrong type, a field too few, a field too many."""
    found = answer_complaints(method, 200, {"ok": True, "result": result})
    assert any(said.startswith(f"{method}: ") and rule in said for said in found), found


def test_right_answers_pass() -> None:
    """A message, updates, a refusal."""
    assert answer_complaints("sendMessage", 200, {"ok": True, "result": MESSAGE}) == []
    assert answer_complaints("getUpdates", 200, {"ok": True, "result": [{"update_id": 1, "message": MESSAGE}]}) == []
    refusal = {"ok": False, "error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": 3}}
    assert answer_complaints("sendMessage", 429, refusal) == []
    assert answer_complaints("sendMessage", 400, refusal) == [
        "sendMessage: error_code is 429, and must be the HTTP status 400"
    ]


def refused(fault: str = "") -> LoggedCall:
    """Return a call that was refused."""
    answer = {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}
    return LoggedCall("sendMessage", {"chat_id": "7", "text": "x"}, frozenset(), 400, answer, fault)


def test_a_refusal_must_be_named_and_a_named_one_must_happen() -> None:
    """By its method and a part of its description; a fault that a test switches on is named by that, a delay is not."""
    unnamed = ["sendMessage was refused, which the test does not name: 400 Bad Request: chat not found"]
    assert problems([refused()], [], of_the_bot=True) == unnamed
    assert problems([refused("delay")], [], of_the_bot=True) == unnamed
    assert problems([refused()], [Expected("sendMessage", "chat not found")], of_the_bot=True) == []
    assert problems([refused("error")], [], of_the_bot=True) == []
    assert problems([refused()], [], of_the_bot=False) == []
    assert problems([], [Expected("sendMessage", "chat not found", always=False)], of_the_bot=True) == []
    for expected in (Expected("sendPhoto", "chat not found"), Expected("sendMessage", "message not found")):
        assert problems([refused()], [expected], of_the_bot=True) == [
            *unnamed, f"{expected.method} was never refused with {expected.part!r}, which the test names",
        ]  # fmt: skip


@pytest.mark.refused("sendMessage", "chat not found")
async def test_a_test_can_name_what_it_provokes() -> None:
    """The sandbox refuses a message to nobody, and this test passes all the same."""
    async with running() as url, Api(url, TOKEN) as api, Client(url) as ann:
        with pytest.raises(Exception, match="chat not found"):
            await api.call("sendMessage", chat_id=ann.id + 1, text="x")


CAUGHT = """
from bot.sandbox.server import running
from tests.support.processes import sandbox_process
from tests.support.sandbox_client import TOKEN, Api

async def test_here():
    async with running() as url, Api(url, TOKEN) as api:
        await api.call("getMe", colour="red")

async def test_in_another_process():
    with sandbox_process() as (_, url):
        async with Api(url, TOKEN) as api:
            await api.call("getMe", colour="blue")
            await api.http.post(f"/bot{TOKEN}/sendMessage", json={"chat_id": 7, "text": "x"})
"""


def test_the_check_runs_after_each_test(tmp_path: Path) -> None:
    """Also where the sandbox is another process: the test ends in an error that says why."""
    path = tmp_path / "test_caught.py"
    path.write_text(CAUGHT)
    command = [sys.executable, "-m", "pytest", "-p", "tests.conftest", "-p", "no:cacheprovider", "-q", str(path)]
    done = subprocess.run(
        [*command, f"--rootdir={tmp_path}", f"--config-file={ROOT / 'pyproject.toml'}"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert "2 passed, 2 errors" in done.stdout
    assert "getMe: colour is unknown to GetMe" in done.stdout
    assert "sendMessage was refused, which the test does not name: 400 Bad Request: chat not found" in done.stdout
