"""Inline keyboards, with the checks that Telegram makes."""

from __future__ import annotations

from typing import Any

from bot.sandbox import Json
from bot.sandbox.botapi.parameters import Params
from bot.sandbox.errors import bad_request

ACTIONS = ("url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat",
           "switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay")  # fmt: skip
OTHER_MARKUPS = ("keyboard", "remove_keyboard", "force_reply")
STYLES = ("primary", "success", "danger")
DATA_BYTES = 64  # Bot API, InlineKeyboardButton.callback_data
BUTTONS = 100  # in one keyboard


def keyboard(params: Params) -> Json | None:
    """Return the InlineKeyboardMarkup of a call, or None. Keyboards of other kinds are accepted, and not shown.

    Raises:
        ApiError: Telegram would refuse the keyboard.
    """
    markup = params.structure("reply_markup")
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" not in markup:
        if any(name in markup for name in OTHER_MARKUPS) or not markup:
            return None
        raise bad_request("can't parse reply keyboard markup JSON object")
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" must be an Array of Arrays')
    checked = [[_button(button) for button in row] for row in rows if row]
    if sum(map(len, checked)) > BUTTONS:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return {"inline_keyboard": checked} if checked else None


def _button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: InlineKeyboardButton must be an Object")
    text = button.get("text")
    if not isinstance(text, str) or not text.strip():
        raise bad_request('can\'t parse inline keyboard button: Field "text" must be of type String')
    kept = {name: value for name, value in button.items() if value is not None}
    if not any(name in kept for name in ACTIONS):
        raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    data = kept.get("callback_data")
    if data is not None and (not isinstance(data, str) or not 1 <= len(data.encode()) <= DATA_BYTES):
        raise bad_request("BUTTON_DATA_INVALID")
    if "copy_text" in kept and not (isinstance(kept["copy_text"], dict) and kept["copy_text"].get("text")):
        raise bad_request('can\'t parse inline keyboard button: Field "copy_text" must be an Object')
    if "url" in kept and not str(kept["url"]).startswith(("http://", "https://", "tg://")):
        raise bad_request(f"inline keyboard button URL '{kept['url']}' is invalid: Wrong HTTP URL")
    if kept.get("style", "primary") not in STYLES:
        raise bad_request("can't parse inline keyboard button: Invalid button style specified")
    return kept
