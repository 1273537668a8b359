"""What the options ask for is done before and after painting."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageOps

import engine
from engine.combine import composition
from engine.combine.denoise import non_local_means, total_variation
from engine.combine.enlarge import back_projection
from engine.combine.steps import finished, prepared

QUICK = {"size": 48, "iterations": 3}


def test_without_a_choice_nothing_is_changed(cat: Image.Image) -> None:
    assert prepared(cat, engine.Options()) is cat
    assert finished(cat, engine.preset("sketch", size=24, upscale=2)) is cat


def test_a_content_is_rotated_then_mirrored_cropped_and_extended(cat: Image.Image) -> None:
    options = engine.preset("sketch", rotate=90, mirror=True, crop="1:1", extend="2:1")
    turned = ImageOps.mirror(cat.transpose(Image.Transpose.ROTATE_90))
    expected = composition.extended(composition.crop_to_aspect(turned, 1), 2)
    assert prepared(cat, options).tobytes() == expected.tobytes()


@pytest.mark.parametrize(("preset", "size"), [("sketch", (48, 32)), ("paper", (72, 48))])
def test_noise_is_removed_at_the_size_that_is_painted(preset: str, size: tuple[int, int], cat: Image.Image) -> None:
    """`paper` paints a square of the shorter edge."""
    content = prepared(cat.resize((192, 128)), engine.preset(preset, size=48, denoise_content="tv"))
    assert content.size == size


def test_a_composed_content_is_painted(cat: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    options = engine.preset("sketch", crop="4:5", **QUICK)
    result = engine.stylize(cat, [glass], options, model=model)
    cropped = composition.crop_to_aspect(cat, 0.8)
    expected = engine.stylize(cropped, [glass], engine.preset("sketch", **QUICK), model=model)
    assert result.image.size == result.report.size == (38, 48)
    assert result.image.tobytes() == expected.image.tobytes()


def test_masks_and_a_start_picture_are_of_the_composed_shape(
    cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    options = engine.preset("sketch", crop="1:1", **QUICK)
    half = Image.new("L", (48, 48))
    half.paste(255, (0, 0, 24, 48))
    result = engine.stylize(cat, [glass], options, model=model, masks=[half], start=glass)
    kept = composition.crop_to_aspect(cat, 1).resize((48, 48), Image.Resampling.BICUBIC)
    assert result.image.crop((30, 0, 48, 48)).tobytes() == kept.crop((30, 0, 48, 48)).tobytes()
    with pytest.raises(engine.OptionsError, match="Mask 1 must be of the content's shape"):
        engine.stylize(cat, [glass], options, model=model, masks=[Image.new("L", cat.size, 255)])


def test_noise_removal_and_a_filter_come_after_painting(
    cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    plain = engine.stylize(cat, [glass], engine.preset("sketch", **QUICK), model=model).image
    options = engine.preset("sketch", denoise_output="tv", upscale=2, enlarge="back-projection", **QUICK)
    result = engine.stylize(cat, [glass], options, model=model)
    assert result.image.tobytes() == back_projection(total_variation(plain), 2).tobytes()
    assert result.report.size == result.image.size == (96, 64)
    assert result.report.scales[-1] == (48, 32)
    assert result.report.notes[:2] == ("denoise_output tv", "enlarge back-projection")


def test_noise_removal_comes_before_painting(cat: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    rng = np.random.default_rng(2)
    grainy = Image.fromarray((np.asarray(cat) + rng.normal(0, 20, (64, 96, 3))).clip(0, 255).astype(np.uint8))
    found = engine.stylize(grainy, [glass], engine.preset("sketch", denoise_content="nlm", **QUICK), model=model)
    smooth = non_local_means(grainy.resize((48, 32), Image.Resampling.LANCZOS))
    expected = engine.stylize(smooth, [glass], engine.preset("sketch", **QUICK), model=model)
    assert found.image.tobytes() == expected.image.tobytes()
