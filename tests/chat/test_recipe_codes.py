"""Recipe codes are short and exact, and made-up ones do no harm."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat.recipe_codes import PRESET, SIZES, Code, decode, encode, reference_of
from bot.storage.models import Colors, Quality, Recipe, Source, Strokes, StyleRef

MOSAIC = Source(f"{PRESET}mosaic")
recipes = st.builds(
    Recipe,
    st.sampled_from(get_args(Quality)),
    st.sampled_from(SIZES),
    st.integers(0, 100),
    st.sampled_from(get_args(Colors)),
    st.sampled_from(get_args(Strokes)),
    st.integers(0, 7),
)


@given(recipes, st.sampled_from([StyleRef("mosaic"), StyleRef("stained-glass"), StyleRef("0A1B2C3D")]))
def test_a_code_says_the_whole_recipe(recipe: Recipe, style: StyleRef) -> None:
    """Encoding and decoding returns the same recipe and style."""
    code = encode(recipe, style)
    assert len(code) == 4 + len(style) + (recipe.strokes != "normal" or recipe.variation > 0)
    assert decode(code) == Code(recipe, style)


@given(st.text())
def test_any_other_text_is_no_code(text: str) -> None:
    """A text that decodes is the one code of its recipe."""
    found = decode(text)
    assert found is None or encode(found.recipe, found.style) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mosaic",
        "ZZZ-mosaic",
        "000-",
        "000-Ab",
        "0O0-mosaic",
        "000-mosaic\n",
        "000-../x",
        "0000-mosaic",
        "000R-mosaic",
    ],
)
def test_what_only_looks_like_a_code_is_none(text: str) -> None:
    """Letters outside the alphabet, values out of range, names that no style can have."""
    assert decode(text) is None


def test_a_code_without_strokes_means_normal_strokes() -> None:
    """Codes are in captions of pictures that people keep."""
    assert encode(Recipe("standard", 512, 80, "content"), StyleRef("mosaic")) == "9T1-mosaic"
    assert decode("9T1-mosaic") == Code(Recipe("standard", 512, 80, "content"), StyleRef("mosaic"))


def test_the_reference_of_a_style_is_its_preset_or_a_key() -> None:
    """A preset's reference is its name; that of photos is a key that depends on their sources alone."""
    assert reference_of([MOSAIC]) == "mosaic"
    key = reference_of([Source("file:AgACAgIAAx")])
    assert key == reference_of([Source("file:AgACAgIAAx")])
    assert key != reference_of([Source("file:AgACAgIAAy")])
    assert key != reference_of([MOSAIC, Source(f"{PRESET}woodcut")])
    assert decode(encode(Recipe(), key)) == Code(Recipe(), key)
