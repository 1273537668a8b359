"""Callback data: each kind of button has a format of its own, and what users make up is dropped."""

from __future__ import annotations

import dataclasses
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import callbacks
from bot.chat.callbacks import Callback
from bot.chat.i18n import LANGUAGES

MAX_BYTES = 64  # Bot API, InlineKeyboardButton: the longest callback_data
LARGEST = 10**18 - 1
KINDS: list[type[Callback]] = Callback.__subclasses__()

ids = st.integers(0, LARGEST)
presets = st.from_regex(r"[a-z0-9-]{1,30}", fullmatch=True)
words = st.from_regex(r"[A-Za-z0-9_]{0,20}", fullmatch=True)
VALUES: dict[type[Callback], st.SearchStrategy[Callback]] = {
    callbacks.Cancel: st.builds(callbacks.Cancel, ids),
    callbacks.Stop: st.builds(callbacks.Stop, ids),
    callbacks.Swap: st.builds(callbacks.Swap, ids),
    callbacks.Remedy: st.builds(callbacks.Remedy, ids),
    callbacks.OtherStyle: st.builds(callbacks.OtherStyle, ids),
    callbacks.UseInstead: st.builds(callbacks.UseInstead, ids, presets),
    callbacks.DoWithResult: st.builds(callbacks.DoWithResult, ids, st.sampled_from(get_args(callbacks.Action))),
    callbacks.ShowButtons: st.builds(callbacks.ShowButtons, ids, st.sampled_from(get_args(callbacks.Page))),
    callbacks.Pick: st.builds(callbacks.Pick, ids, st.integers(0, 99)),
    callbacks.Blend: st.builds(callbacks.Blend, ids, st.sampled_from(get_args(callbacks.Share))),
    callbacks.SwapDraft: st.builds(callbacks.SwapDraft),
    callbacks.PaintSheet: st.builds(callbacks.PaintSheet),
    callbacks.UsePreset: st.builds(callbacks.UsePreset, presets),
    callbacks.Vote: st.builds(
        callbacks.Vote,
        st.from_regex(r"[0-9a-f]{8}", fullmatch=True),
        st.integers(0, 999_999),
        st.integers(0, 999_999),
        st.sampled_from(get_args(callbacks.ChoiceOrOther)),
    ),
    callbacks.StopVoting: st.builds(callbacks.StopVoting),
    callbacks.ShowSettings: st.builds(callbacks.ShowSettings, st.integers(-LARGEST, LARGEST)),
    callbacks.OpenSetting: st.builds(
        callbacks.OpenSetting, st.integers(-LARGEST, LARGEST), st.sampled_from(get_args(callbacks.Setting))
    ),
    callbacks.Choose: st.builds(
        callbacks.Choose, st.integers(-LARGEST, LARGEST), st.sampled_from(get_args(callbacks.SettingOrReset)), words
    ),
    callbacks.ChooseLanguage: st.builds(callbacks.ChooseLanguage, ids, st.sampled_from(LANGUAGES)),
    callbacks.Forget: st.builds(callbacks.Forget, ids),
    callbacks.Keep: st.builds(callbacks.Keep, ids),
}
# Buttons with these texts stand under messages in people's chats.
IN_USE: dict[str, Callback] = {
    "cancel:7": callbacks.Cancel(7),
    "stop:7": callbacks.Stop(7),
    "swap:7": callbacks.Swap(7),
    "remedy:7": callbacks.Remedy(7),
    "other:7": callbacks.OtherStyle(7),
    "instead:7:mosaic": callbacks.UseInstead(7, "mosaic"),
    "do:7:stronger": callbacks.DoWithResult(7, "stronger"),
    "page:7:more": callbacks.ShowButtons(7, "more"),
    "pick:7:3": callbacks.Pick(7, 3),
    "blend:7:40": callbacks.Blend(7, 40),
    "turn": callbacks.SwapDraft(),
    "sheet": callbacks.PaintSheet(),
    "use:mosaic": callbacks.UsePreset("mosaic"),
    "vote:0123abcd:12:7:equal": callbacks.Vote("0123abcd", 12, 7, "equal"),
    "enough": callbacks.StopVoting(),
    "settings:-5": callbacks.ShowSettings(-5),
    "open:-5:size": callbacks.OpenSetting(-5, "size"),
    "set:-5:size:": callbacks.Choose(-5, "size", ""),
    "lang:7:ru": callbacks.ChooseLanguage(7, "ru"),
    "forget:7": callbacks.Forget(7),
    "keep:7": callbacks.Keep(7),
}


def test_every_kind_is_tested_here() -> None:
    """A new kind of button needs its values, and its text as a known answer."""
    assert set(KINDS) == set(VALUES) == {type(callback) for callback in IN_USE.values()}
    assert len(IN_USE) == len(KINDS)


@pytest.mark.parametrize("text", IN_USE)
def test_a_format_in_use_stays_as_it_is(text: str) -> None:
    """The text of each kind is known, in both directions."""
    assert IN_USE[text].pack() == text
    assert type(IN_USE[text]).unpack(text) == IN_USE[text]


@given(st.one_of(*VALUES.values()))
def test_what_is_packed_is_unpacked_by_its_own_kind_alone(callback: Callback) -> None:
    """A round trip returns the same values of the same types, and no other kind reads the text."""
    text = callback.pack()
    assert [kind.unpack(text) for kind in KINDS] == [callback if kind is type(callback) else None for kind in KINDS]
    found = type(callback).unpack(text)
    assert found is not None
    assert [type(value) for value in dataclasses.astuple(found)] == [
        type(value) for value in dataclasses.astuple(callback)
    ]


@given(st.text())
def test_any_text_is_of_one_kind_or_of_none(text: str) -> None:
    """Users can send any text as callback data."""
    assert sum(kind.unpack(text) is not None for kind in KINDS) <= 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cancel",
        "cancel:",
        "cancel:x",
        "cancel:-7",
        "cancel:7:8",
        "cancel:7\n",
        " cancel:7",
        "cancel:٧",  # a digit, but not an ASCII one
        "cancel:1234567890123456789",  # larger than the ids of SQLite
        "Cancel:7",
        "delete:7",
        "instead:7:../x",
        "instead:7:" + "a" * 31,
        "instead:7:Mosaic",
        "do:7:explode",
        "do:7:",
        "pick:7:100",
        "blend:7:50",
        "turn:",
        "sheet:7",
        "use:",
        "use:мозаика",
        "set:x:size:",
        "set:5:colour:blue",
        "set:5:size:a b",
        "set:5:size:é",
        "lang:7:fr",
        "forget:",
        "keep:seven",
    ],
)
def test_made_up_data_are_of_no_kind(text: str) -> None:
    """A wrong prefix, a number that is too long, a character from elsewhere, a value that no button has."""
    assert [kind.unpack(text) for kind in KINDS] == [None] * len(KINDS)


@pytest.mark.parametrize(
    "callback",
    [
        callbacks.UseInstead(LARGEST, "a" * 30),
        callbacks.UsePreset("a" * 30),
        *[callbacks.DoWithResult(LARGEST, action) for action in get_args(callbacks.Action)],
        callbacks.Pick(LARGEST, 99),
        callbacks.Blend(LARGEST, 80),
        *[callbacks.Choose(-LARGEST, field, "standard") for field in get_args(callbacks.SettingOrReset)],
        *[callbacks.ChooseLanguage(LARGEST, language) for language in LANGUAGES],
        *[
            kind(LARGEST)
            for kind in (
                callbacks.Cancel,
                callbacks.Stop,
                callbacks.Swap,
                callbacks.Remedy,
                callbacks.OtherStyle,
                callbacks.Forget,
                callbacks.Keep,
            )
        ],
        callbacks.SwapDraft(),
        callbacks.PaintSheet(),
    ],
    ids=Callback.pack,
)
def test_the_longest_data_fit(callback: Callback) -> None:
    """Telegram refuses a whole message if one of its buttons has longer data."""
    assert len(callback.pack().encode()) <= MAX_BYTES
    assert type(callback).unpack(callback.pack()) == callback
