"""The stages of the published algorithm on two pictures, recorded so that they can be shown."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from PIL import Image
from torch import Tensor

from engine.errors import WeightsError
from engine.images.tensors import to_image
from engine.model import Model
from engine.paper.transfer import (
    NORMALIZATION_MEAN,
    NORMALIZATION_STD,
    get_style_model_and_losses,
    image_loader,
    run_style_transfer,
    vgg19_features,
)

SHOWN_PICTURES = (1, 20, 50, 100, 200, 300)
"""Evaluations whose picture is shown."""


@dataclass(frozen=True)
class Unpacked:
    """A picture as it was given.

    Attributes:
        name: The file's name.
        image: Mode RGB.
    """

    name: str
    image: Image.Image


@dataclass(frozen=True)
class Scores:
    """The weighted losses of one evaluation.

    Attributes:
        evaluation: From 1.
        style: Sum of the style losses times the style weight.
        content: Sum of the content losses times the content weight.
    """

    evaluation: int
    style: float
    content: float

    @property
    def total(self) -> float:
        """What L-BFGS minimises."""
        return self.style + self.content


@dataclass(frozen=True)
class InsertedLoss:
    """A loss in the network.

    Attributes:
        name: Such as `style_loss_1`; it stands behind `conv_1`.
        features: Shape of the features that it sees, (1, C, H, W).
        target: Shape of what it compares with: the content's features, or the style's Gram matrix.
    """

    name: str
    features: tuple[int, ...]
    target: tuple[int, ...]


@dataclass(frozen=True)
class Explanation:
    """All stages of one run.

    Attributes:
        content: As given.
        style: As given.
        loaded_content: The loader's result, a square.
        loaded_style: The loader's result, a square.
        network: The network with its inserted losses, as torch prints it.
        losses: The inserted losses, in network order.
        num_steps: Evaluations after which no step began.
        scores: Of each evaluation.
        pictures: Of some evaluations and of the one of the lowest loss, by their number.
        best: The scores of the one of the lowest loss.
        result: After the last step.
        weights: `pretrained`, `builtin`, or the file's name.
        seconds: That the optimisation took.
    """

    content: Unpacked
    style: Unpacked
    loaded_content: Image.Image
    loaded_style: Image.Image
    network: str
    losses: tuple[InsertedLoss, ...]
    num_steps: int
    scores: tuple[Scores, ...]
    pictures: dict[int, Image.Image]
    best: Scores
    result: Image.Image
    weights: str
    seconds: float


def explain(
    content: Unpacked,
    style: Unpacked,
    model: Model,
    num_steps: int = 300,
    on_progress: Callable[[int], None] | None = None,
) -> Explanation:
    """Run the published algorithm, `engine.paper.run_style_transfer`, on the CPU and record its stages.

    Args:
        content: The picture to paint.
        style: The picture to paint it like.
        model: Its weights must reach conv3_1, the published conv_5.
        num_steps: Evaluations after which no step of 20 begins.
        on_progress: Called with the number of each evaluation.

    Raises:
        WeightsError: The weights do not reach that far.
    """
    if "conv3_1" not in model.layers:
        raise WeightsError(f"The weights {model.weights} do not reach conv3_1; give a fuller file.")
    cnn, content_img, style_img = vgg19_features(model.state), image_loader(content.image), image_loader(style.image)
    recorder = _Recorder(on_progress)
    network, losses = _network(cnn, content_img, style_img)
    began = time.monotonic()
    scale = NORMALIZATION_MEAN, NORMALIZATION_STD
    result = run_style_transfer(cnn, *scale, content_img, style_img, content_img, num_steps, on_evaluation=recorder)
    return Explanation(
        content=content,
        style=style,
        loaded_content=to_image(content_img),
        loaded_style=to_image(style_img),
        network=network,
        losses=losses,
        num_steps=num_steps,
        scores=tuple(recorder.scores),
        pictures=recorder.pictures,
        best=recorder.best,
        result=to_image(result),
        weights=model.weights,
        seconds=time.monotonic() - began,
    )


class _Recorder:
    """Records the losses of all evaluations, and the pictures of some and of the one of the lowest loss."""

    best: Scores
    _best_picture: Image.Image

    def __init__(self, on_progress: Callable[[int], None] | None) -> None:
        self._on_progress = on_progress
        self._shown: dict[int, Image.Image] = {}
        self.scores: list[Scores] = []

    def __call__(self, number: int, style_score: float, content_score: float, picture: Tensor) -> None:
        scores = Scores(number, style_score, content_score)
        if not self.scores or scores.total < self.best.total:
            self.best, self._best_picture = scores, to_image(picture)
        if number in SHOWN_PICTURES:
            self._shown[number] = to_image(picture)
        self.scores.append(scores)
        if self._on_progress:
            self._on_progress(number)

    @property
    def pictures(self) -> dict[int, Image.Image]:
        return dict(sorted({**self._shown, self.best.evaluation: self._best_picture}.items()))


def _network(cnn: torch.nn.Sequential, content_img: Tensor, style_img: Tensor) -> tuple[str, tuple[InsertedLoss, ...]]:
    """The network as torch prints it, and its losses with the shapes of what they compare."""
    model, _, _ = get_style_model_and_losses(cnn, NORMALIZATION_MEAN, NORMALIZATION_STD, style_img, content_img)
    losses, features = [], content_img
    for name, layer in model.named_children():
        features = layer(features)
        if "_loss_" in name:
            target = layer.target
            assert isinstance(target, Tensor)
            losses.append(InsertedLoss(name, tuple(features.shape), tuple(target.shape)))
    return str(model), tuple(losses)
