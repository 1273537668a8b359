"""Keyboards, with the checks that Telegram makes."""

from __future__ import annotations

import re
from dataclasses import dataclass
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
ROW = 8  # buttons
TOO_LONG = "reply markup is too long"  # the server's REPLY_MARKUP_TOO_LONG (official server, fail_query_with_error)


@dataclass(frozen=True)
class Markup:
    """The reply_markup of a call; `other` is set for the kinds that are not under the message, and not shown here."""

    inline: Json | None = None
    other: bool = False


def read_markup(params: Params) -> Markup:
    """Return the reply_markup of a call (official server, Client.cpp, get_reply_markup).

    Raises:
        ApiError: Telegram would refuse it.
    """
    markup = params.structure("reply_markup")
    if markup is None:
        return Markup()
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" not in markup or markup.get("keyboard"):
        return Markup(other=any(markup.get(name) for name in OTHER_MARKUPS))
    rows = markup["inline_keyboard"]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request('field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays')
    checked = [[_button(button) for button in row] for row in rows if row]
    if sum(map(len, checked)) > BUTTONS or any(len(row) > ROW for row in checked):
        raise bad_request(TOO_LONG)
    return Markup({"inline_keyboard": checked} if checked else None)


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
    if "url" in kept:
        _check_url(str(kept["url"]))
    if kept.get("style", "primary") not in STYLES:
        raise bad_request("can't parse inline keyboard button: Invalid button style specified")
    return kept


def _check_url(url: str) -> None:
    """Refuse a URL that leads nowhere for others: a host needs a dot (tdlib, LinkManager.cpp, check_link_impl)."""
    protocol, separator, rest = url.partition("://")
    if separator and protocol.lower() == "tg":
        return
    host = re.split(r"[/?#]", rest if separator else url)[0].rpartition("@")[2]
    if (separator and protocol.lower() not in ("http", "https")) or ("." not in host and not host.startswith("[")):
        raise bad_request(f"inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")
