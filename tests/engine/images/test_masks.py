"""Masks: the weights of regions, several styles side by side, and what is kept of the content."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps

import engine
from engine.images.masks import Regions
from engine.images.tensors import centre_square, resize, to_tensor


def half(size: tuple[int, int] = (96, 64), *, left: int = 255, right: int = 0) -> Image.Image:
    """A mask of two halves."""
    mask = Image.new("L", size, right)
    mask.paste(left, (0, 0, size[0] // 2, size[1]))
    return mask


def group_weights(masks: Sequence[Image.Image | None], shares: Sequence[float]) -> list[list[float]]:
    """Weights of two groups, each on the left and on the right."""
    found = Regions(masks, shares, resize).group_weights((4, 2))
    return [[part[0, 0].item(), part[0, -1].item()] for part in found]


@pytest.mark.parametrize(
    ("masks", "expected"),
    [
        ((half(), half(left=0, right=255)), [[1, 0], [0, 1]]),  # alone on a pixel: weights change nothing
        ((None, Image.new("L", (4, 2), 255)), [[0.75, 0.75], [0.25, 0.25]]),
        ((half(), None), [[0.75, 0], [0.25, 1]]),
        ((half((4, 2), left=51), half((4, 2), left=102, right=51)), [[0.36, 0], [0.24, 0.2]]),  # grey
    ],
)
def test_styles_share_a_pixel_by_mask_and_weight(
    masks: tuple[Image.Image | None, ...], expected: list[list[float]]
) -> None:
    assert np.allclose(group_weights(masks, (3, 1)), expected)


def test_the_sum_of_the_masks_is_the_opacity() -> None:
    regions = Regions([half(left=200, right=10), half(left=90, right=0)], (1, 1), resize)
    assert regions.coverage((96, 64)).getpixel((0, 0)) == 255
    assert regions.coverage((96, 64)).getpixel((95, 0)) == 10
    assert Regions([half(), None], (1, 1), resize).coverage((96, 64)).getextrema() == (255, 255)


def crossfade(width: int = 96, height: int = 64) -> list[Image.Image]:
    """Masks of two styles: one fades out from left to right as the other fades in."""
    ramp = Image.fromarray(np.tile(np.linspace(0, 255, width).round().astype(np.uint8), (height, 1)))
    return [ImageOps.invert(ramp), ramp]


def test_what_styles_have_in_common_is_a_region_of_its_own() -> None:
    regions = Regions(crossfade(5, 1), (1, 1), lambda mask, _: mask)
    assert regions.mixtures == (((0, 1.0),), ((1, 1.0),), ((0, 0.5), (1, 0.5)))
    expected = [[1, 0.5, 0, 0, 0], [0, 0, 0, 0.5, 1], [0, 0.5, 1, 0.5, 0]]
    assert np.allclose(regions.region_weights((5, 1))[:, 0], expected, atol=0.01)


@pytest.mark.parametrize("shares", [(1, 1, 1), (5, 1, 2)])
def test_region_weights_are_the_group_weights_divided_anew(shares: tuple[float, ...]) -> None:
    regions = Regions([*crossfade(), None], shares, resize)
    region_weights, group_weights = regions.region_weights((24, 16)), regions.group_weights((24, 16))
    assert len(region_weights) == 6 and region_weights.min() >= 0
    for style, expected in enumerate(group_weights):
        weighted = zip(regions.mixtures, region_weights, strict=True)
        found = sum(dict(mixture).get(style, 0) * weight for mixture, weight in weighted)
        assert torch.allclose(torch.as_tensor(found), expected, atol=1e-6)


def test_masks_that_only_touch_have_no_region_in_common() -> None:
    assert len(Regions([half(), half(left=0, right=255)], (1, 1), resize).mixtures) == 2


def test_styles_of_one_mask_are_one_region_in_their_shares() -> None:
    grey = half(left=100)
    regions = Regions([grey, None, grey.copy(), None], (1, 2, 3, 2), resize)
    assert regions.groups == (((0, 0.25), (2, 0.75)), ((1, 0.5), (3, 0.5)))
    alone = Regions([grey, grey.copy()], (1, 1), resize)
    assert alone.coverage(grey.size).tobytes() == grey.tobytes()
    assert alone.region_weights(grey.size)[0, 0, [0, -1]].tolist() == pytest.approx([100 / 255, 0])


def painted(
    content: Image.Image,
    styles: Sequence[Image.Image],
    masks: Sequence[Image.Image | None],
    model: engine.Model,
    **choice: object,
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    options = engine.preset(str(choice.pop("preset", "sketch")), **{"size": 96, "iterations": 12, **choice})
    result = engine.stylize(content, styles, options, model=model, masks=masks)
    assert result.report.masked
    return np.asarray(result.image, dtype=float)


@pytest.mark.parametrize("colors", ["style", "content", "match"])
def test_what_is_black_in_all_masks_is_the_content_to_the_pixel(
    colors: str, cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    output, original = painted(cat, [glass], [half()], model, colors=colors), np.asarray(cat, dtype=float)
    assert (output[:, 48:] == original[:, 48:]).all()
    assert np.abs(output[:, :48] - original[:, :48]).mean() > 5


def test_the_published_square_keeps_its_black_regions_too(
    cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    output = painted(cat, [glass], [half()], model, preset="paper", size=32, colors="match")
    original = np.asarray(centre_square(cat, 32), dtype=float)
    assert (output[:, 17:] == original[:, 17:]).all()
    assert np.abs(output[:, :15] - original[:, :15]).mean() > 5


def test_each_style_is_painted_where_its_mask_is_white(cat: Image.Image, model: engine.Model) -> None:
    """Red on the left, blue on the right, and the other way round."""
    red, blue = Image.new("RGB", (40, 40), (200, 40, 40)), Image.new("RGB", (40, 40), (40, 40, 200))
    masks = [half(), half(left=0, right=255)]
    for styles, sign in (([red, blue], 1), ([blue, red], -1)):
        output = painted(cat, styles, masks, model)
        warmth = (output[..., 0] - output[..., 2]) * sign
        assert warmth[:, :40].mean() > 60 and warmth[:, 56:].mean() < -60


def test_the_middle_of_a_crossfade_has_something_of_both_styles(
    cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    features = model.features(exact=False)

    def gram(image: Image.Image) -> torch.Tensor:
        rows = features.extract(to_tensor(image), ["relu2_1"])["relu2_1"][0].flatten(1).float()
        return rows @ rows.T / rows.shape[1]

    def lacking(image: Image.Image) -> float:
        difference = gram(image.crop((36, 0, 60, 64))) - both
        return float(difference.square().sum() / both.square().sum())

    grey = glass.rotate(90).convert("L").convert("RGB")
    both = (gram(resize(glass, (96, 96))) + gram(resize(grey, (96, 96)))) / 2
    output = painted(cat, [glass, grey], crossfade(), model, iterations=40)
    assert lacking(Image.fromarray(output.astype(np.uint8))) < 0.5 * lacking(cat)


def test_a_white_mask_changes_nothing_and_one_of_a_style_without_weight_neither(
    cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    white, options = Image.new("L", cat.size, 255), engine.preset("sketch", size=64, iterations=6)
    plain = engine.stylize(cat, [glass], options, model=model)
    masked = engine.stylize(cat, [glass], options, model=model, masks=[white])
    assert not plain.report.masked and masked.report.masked
    difference = np.asarray(plain.image, dtype=float) - np.asarray(masked.image)
    assert np.abs(difference).mean() < 0.5
    weighted = engine.preset("sketch", size=64, iterations=6, style_weights=(1.0, 0.0))
    idle = engine.stylize(cat, [glass, cat], weighted, model=model, masks=[None, half()])
    assert not idle.report.masked and idle.image.tobytes() == plain.image.tobytes()


def test_masks_may_be_files_of_any_mode_and_resolution(
    cat: Image.Image, glass: Image.Image, model: engine.Model, tmp_path: Path
) -> None:
    half((300, 200)).convert("RGB").save(tmp_path / "mask.png")
    options = engine.preset("sketch", size=64, iterations=3)
    result = engine.stylize(cat, [glass], options, model=model, masks=[tmp_path / "mask.png"])
    original = np.asarray(resize(cat, result.image.size))
    assert (np.asarray(result.image)[:, 34:] == original[:, 34:]).all()


@pytest.mark.parametrize(
    ("masks", "words"),
    [
        ([], "for each style: 1 in all, not 0"),
        ([None, None], "for each style: 1 in all, not 2"),
        ([Image.new("L", (96, 64))], "Mask 1 is all black"),
        ([Image.new("L", (64, 96), 255)], r"Mask 1 must be of the content's shape \(96×64\); it is 64×96"),
        (half(), "Give a list of masks"),
    ],
)
def test_masks_that_do_not_fit_are_refused_in_one_sentence(
    masks: list[Image.Image | None], words: str, cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    with pytest.raises(engine.OptionsError, match=words) as caught:
        engine.stylize(cat, [glass], engine.preset("sketch", size=64, iterations=1), model=model, masks=masks)
    assert "\n" not in str(caught.value)
