"""The published algorithm as torch modules, and the preset `paper` against it."""

from __future__ import annotations

from typing import Literal

import pytest
import torch
from PIL import Image
from torch import Tensor

import engine
from engine.paper import (
    NORMALIZATION_MEAN,
    NORMALIZATION_STD,
    ContentLoss,
    StyleLoss,
    get_style_model_and_losses,
    gram_matrix,
    image_loader,
    run_style_transfer,
    vgg19_features,
)
from engine.weights.files import read_weights
from engine.weights.find import BUILTIN

STOP_AFTER = 4


class EnoughError(Exception):
    """Ends a run from within an evaluation."""


def published_losses(content: Image.Image, style: Image.Image, dtype: torch.dtype) -> list[float]:
    """Losses of the first evaluations of the published algorithm with the builtin weights."""
    cnn = vgg19_features({key: part.to(dtype) for key, part in read_weights(BUILTIN).items()})
    mean, std = NORMALIZATION_MEAN.to(dtype), NORMALIZATION_STD.to(dtype)
    content_img, style_img = image_loader(content).to(dtype), image_loader(style).to(dtype)
    losses: list[float] = []

    def on_evaluation(number: int, style_score: float, content_score: float, picture: Tensor) -> None:
        losses.append(style_score + content_score)
        if number == STOP_AFTER:
            raise EnoughError

    with pytest.raises(EnoughError):
        run_style_transfer(cnn, mean, std, content_img, style_img, content_img, on_evaluation=on_evaluation)
    return losses


@pytest.mark.parametrize(("precision", "tolerance"), [("float64", 1e-9), ("float32", 1e-3)])
def test_the_preset_paper_agrees_with_the_published_algorithm(
    precision: Literal["float64", "float32"], tolerance: float, cat: Image.Image, glass: Image.Image
) -> None:
    """The losses of the first evaluations only: later ones depend on the order of additions.

    L-BFGS amplifies rounding errors at each step, and where the picture saturates, max pooling chooses among equal
    values. That loss and gradient are the published ones for any picture is tested in test_objective.
    """
    big_cat = cat.resize((300, 201))
    expected = published_losses(big_cat, glass, getattr(torch, precision))
    found: list[float] = []
    engine.stylize(
        big_cat,
        [glass],
        engine.PRESETS["paper"],
        model=engine.load_model("builtin", "cpu", precision=precision),
        on_progress=lambda progress: found.append(progress.loss),
        should_stop=lambda: len(found) >= STOP_AFTER,
    )
    assert found == pytest.approx(expected, rel=tolerance)
    assert min(found) < found[0], "the loss decreases"


def test_the_preset_paper_makes_320_evaluations_of_a_square(
    cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    """`while run <= 300` in steps of 20; at 24 px, for the sake of time."""
    result = engine.stylize(cat, [glass], engine.preset("paper", size=24), model=model)
    assert result.report.iterations == 320
    assert result.image.size == (24, 24)
    assert result.report.precision == "float32"
    assert result.report.losses.keys() == {
        *(f"style conv{name}" for name in ("1_1", "1_2", "2_1", "2_2", "3_1")),
        "content conv2_2",
        "tv",
    }


def test_the_published_loop_makes_320_evaluations(cat: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    numbers: list[int] = []
    content, style = image_loader(cat, 16), image_loader(glass, 16)

    def on_evaluation(number: int, _: float, __: float, picture: Tensor) -> None:
        numbers.append(number)
        assert picture.min() >= 0 and picture.max() <= 1

    result = run_style_transfer(
        vgg19_features(model.state),
        NORMALIZATION_MEAN,
        NORMALIZATION_STD,
        content,
        style,
        content,
        on_evaluation=on_evaluation,
    )
    assert numbers == list(range(1, 321))
    assert result.shape == content.shape and result.min() >= 0 and result.max() <= 1
    assert torch.equal(content, image_loader(cat, 16)), "the input is not changed"


def test_losses_stand_behind_their_layers_and_the_network_ends_with_the_last(
    cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    content, style = image_loader(cat, 16), image_loader(glass, 16)
    network, styles, contents = get_style_model_and_losses(
        vgg19_features(model.state), NORMALIZATION_MEAN, NORMALIZATION_STD, style, content
    )
    assert [name for name, _ in network.named_children()] == [
        "0", "conv_1", "style_loss_1", "relu_1", "conv_2", "style_loss_2", "relu_2", "pool_2",
        "conv_3", "style_loss_3", "relu_3", "conv_4", "content_loss_4", "style_loss_4", "relu_4", "pool_4",
        "conv_5", "style_loss_5",
    ]  # fmt: skip
    assert [len(styles), len(contents)] == [5, 1]
    with torch.no_grad():
        network(content)
        assert contents[0].loss == 0 and all(loss.loss > 0 for loss in styles)
        network(style)
        assert contents[0].loss > 0 and all(loss.loss == 0 for loss in styles)


def test_a_layer_that_the_network_lacks_is_named(cat: Image.Image, model: engine.Model) -> None:
    image = image_loader(cat, 16)
    with pytest.raises(ValueError, match="no layer conv_99"):
        get_style_model_and_losses(
            vgg19_features(model.state), NORMALIZATION_MEAN, NORMALIZATION_STD, image, image, style_layers=["conv_99"]
        )


def test_losses_of_known_features() -> None:
    """Gram: two maps of two pixels, [1, 2] and [3, 4], divided by 4."""
    features = torch.tensor([[[[1.0, 2.0]], [[3.0, 4.0]]]])
    assert gram_matrix(features).tolist() == [[5 / 4, 11 / 4], [11 / 4, 25 / 4]]
    style, content = StyleLoss(features), ContentLoss(features)
    zeros = torch.zeros_like(features)
    assert style(zeros) is zeros and content(zeros) is zeros, "features pass unchanged"
    assert style.loss.item() == pytest.approx((5**2 + 2 * 11**2 + 25**2) / 16 / 4)
    assert content.loss.item() == pytest.approx((1 + 4 + 9 + 16) / 4)
