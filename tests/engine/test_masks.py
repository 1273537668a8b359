"""Masks: statistics of a region, several styles side by side, what is kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from torch import Tensor

import engine
from engine.losses import RegionLoss, StyleLoss, gram_matrix, masked_gram_matrix
from engine.pixels import centre_square, resize
from engine.regions import Regions

LAYOUTS = [torch.contiguous_format, torch.channels_last]


def half(size: tuple[int, int] = (96, 64), *, left: int = 255, right: int = 0) -> Image.Image:
    """A mask of two halves."""
    mask = Image.new("L", size, right)
    mask.paste(left, (0, 0, size[0] // 2, size[1]))
    return mask


def randn(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_statistics_under_a_white_mask_are_the_whole_pictures(layout: torch.memory_format, dtype: torch.dtype) -> None:
    features = randn(1, 6, 5, 7).to(dtype).contiguous(memory_format=layout)
    assert torch.equal(masked_gram_matrix(features, torch.ones(5, 7)), gram_matrix(features))


@pytest.mark.parametrize("layout", LAYOUTS)
def test_statistics_of_a_region_are_those_of_its_cutting(layout: torch.memory_format) -> None:
    """Area-normalised: half of the picture under the mask gives what that half alone gives."""
    features = randn(1, 6, 4, 8).contiguous(memory_format=layout)
    mask = torch.zeros(4, 8)
    mask[:, :4] = 1
    expected = gram_matrix(features[..., :4].contiguous())
    assert torch.allclose(masked_gram_matrix(features, mask), expected, atol=1e-6)
    assert torch.allclose(masked_gram_matrix(features, mask * 0.5), expected, atol=1e-6)


@pytest.mark.parametrize(("size", "deep"), [((8, 16), (2, 4)), ((7, 13), (2, 4)), ((1, 9), (1, 3)), ((5, 5), (5, 5))])
def test_a_mask_is_averaged_down_to_the_layer(size: tuple[int, int], deep: tuple[int, int]) -> None:
    """Left column of the layer only; its other columns, however large, have no say."""
    features = torch.full((1, 2, *deep), 1000.0)
    features[..., 0] = 1
    mask = torch.zeros(size)
    mask[:, : -(-size[1] // deep[1]) if size != deep else 1] = 1
    assert torch.allclose(masked_gram_matrix(features, mask), torch.full((2, 2), 0.5))


def test_a_black_mask_gives_zeros_not_nan() -> None:
    features = randn(1, 3, 4, 4).requires_grad_()
    gram = masked_gram_matrix(features, torch.zeros(4, 4))
    gram.sum().backward()  # type: ignore[no-untyped-call]
    assert features.grad is not None
    assert not gram.any() and not features.grad.any()


def test_the_gradient_agrees_with_finite_differences_and_stays_in_its_region() -> None:
    features = randn(1, 3, 4, 4).double().requires_grad_()
    mask = torch.rand(8, 8, generator=torch.Generator().manual_seed(1)).double()
    mask[:, 4:] = 0
    assert torch.autograd.gradcheck(lambda held: masked_gram_matrix(held, mask), (features,))
    (gradient,) = torch.autograd.grad(masked_gram_matrix(features, mask).square().sum(), features)
    assert gradient[..., :2].abs().min() > 0 and not gradient[..., 2:].any()


def test_regions_weigh_by_area_and_one_white_region_is_the_plain_loss() -> None:
    features, target = randn(1, 4, 6, 8), gram_matrix(randn(1, 4, 6, 6, seed=1))
    plain = StyleLoss(target, normalized=True)(features)
    assert torch.equal(RegionLoss([target], torch.ones(1, 6, 8), normalized=True)(features), plain)
    portions = torch.zeros(2, 6, 8)
    portions[0, :, :2], portions[1, :, 2:] = 1, 1
    apart = [StyleLoss(target, normalized=True)(part) for part in (features[..., :2], features[..., 2:])]
    expected = 0.25 * apart[0] + 0.75 * apart[1]
    assert RegionLoss([target, target], portions, normalized=True)(features).item() == pytest.approx(expected.item())


def portions(masks: Sequence[Image.Image | None], shares: Sequence[float]) -> list[list[float]]:
    """Of two styles, on the left and on the right."""
    found = Regions(masks, shares, resize).portions((4, 2))
    return [[part[0, 0].item(), part[0, -1].item()] for part in found]


@pytest.mark.parametrize(
    ("masks", "expected"),
    [
        ((half(), half(left=0, right=255)), [[1, 0], [0, 1]]),  # alone on a pixel: weights change nothing
        ((None, None), [[0.75, 0.75], [0.25, 0.25]]),
        ((half(), None), [[0.75, 0], [0.25, 1]]),
        ((half((4, 2), left=51), half((4, 2), left=51)), [[0.15, 0], [0.05, 0]]),  # grey, on the left only
    ],
)
def test_styles_share_a_pixel_by_mask_and_weight(
    masks: tuple[Image.Image | None, ...], expected: list[list[float]]
) -> None:
    assert np.allclose(portions(masks, (3, 1)), expected)


def test_the_lightest_mask_is_the_opacity() -> None:
    regions = Regions([half(left=200, right=10), half(left=0, right=90)], (1, 1), resize)
    assert regions.coverage((96, 64)).getpixel((0, 0)) == 200
    assert regions.coverage((96, 64)).getpixel((95, 0)) == 90
    assert Regions([half(), None], (1, 1), resize).coverage((96, 64)).getextrema() == (255, 255)


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
