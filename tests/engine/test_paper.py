"""The preset `paper` against a second implementation, written from the published algorithm alone."""

from __future__ import annotations

from typing import Literal

import pytest
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional
from torchvision import transforms

import engine
from engine.weights.files import read_weights
from engine.weights.find import BUILTIN

STYLE_AT, CONTENT_AT = (0, 2, 5, 7, 10), 7
STOP_AFTER = 4


def prepare(image: Image.Image) -> Tensor:
    """Resize the short edge, crop the centre and convert to a tensor with torchvision's transforms."""
    steps = transforms.Compose([transforms.Resize(128), transforms.CenterCrop(128), transforms.ToTensor()])
    tensor: Tensor = steps(image)
    return tensor[None]


def activations(image: Tensor, state: dict[str, Tensor]) -> dict[int, Tensor]:
    """Convolutions' outputs before the ReLU, by torchvision's index."""
    mean, std = (torch.tensor(v).view(3, 1, 1) for v in ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)))
    hidden, found = (image - mean) / std, {}
    for index in STYLE_AT:
        if index in (5, 10):
            hidden = functional.max_pool2d(hidden, kernel_size=2, stride=2)
        hidden = functional.conv2d(
            hidden, state[f"features.{index}.weight"], state[f"features.{index}.bias"], padding=1
        )
        found[index] = hidden
        hidden = functional.relu(hidden)
    return found


def gram(found: Tensor) -> Tensor:
    batch, channels, height, width = found.size()
    flat = found.view(batch * channels, height * width)
    return torch.mm(flat, flat.t()) / (batch * channels * height * width)


def straightforward_losses(content: Tensor, style: Tensor, state: dict[str, Tensor]) -> list[float]:
    """Losses of the first evaluations of the published algorithm."""
    contents, styles = activations(content, state), activations(style, state)
    image, losses = content.clone().requires_grad_(True), []
    optimizer = torch.optim.LBFGS([image])

    def closure() -> Tensor:
        with torch.no_grad():
            image.clamp_(0, 1)
        optimizer.zero_grad()
        found = activations(image, state)
        style_score = sum((functional.mse_loss(gram(found[i]), gram(styles[i])) for i in STYLE_AT), torch.zeros(()))
        content_score = functional.mse_loss(found[CONTENT_AT], contents[CONTENT_AT])
        loss = style_score * 1_000_000 + content_score
        loss.backward()  # type: ignore[no-untyped-call]
        losses.append(loss.item())
        return loss

    while len(losses) < STOP_AFTER:
        optimizer.step(closure)  # type: ignore[no-untyped-call]
    return losses[:STOP_AFTER]


@pytest.mark.parametrize(("precision", "tolerance"), [("float64", 1e-9), ("float32", 1e-3)])
def test_paper_agrees_with_a_straightforward_implementation(
    precision: Literal["float64", "float32"], tolerance: float, cat: Image.Image, glass: Image.Image
) -> None:
    """The losses of the first evaluations only: later ones depend on the order of additions.

    L-BFGS amplifies rounding errors at each step, and where the picture saturates, max pooling chooses among equal
    values. That loss and gradient are the published ones for any picture is tested in test_objective.
    """
    big_cat, dtype = cat.resize((300, 201)), getattr(torch, precision)
    state = {key: part.to(dtype) for key, part in read_weights(BUILTIN).items()}
    expected = straightforward_losses(prepare(big_cat).to(dtype), prepare(glass).to(dtype), state)
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


@pytest.mark.parametrize("size", [(300, 201), (201, 300), (128, 128), (64, 100), (131, 129)])
def test_paper_prepares_pictures_as_torchvision_does(cat: Image.Image, size: tuple[int, int]) -> None:
    from engine.images.tensors import centre_square, to_tensor

    image = cat.resize(size)
    assert torch.equal(to_tensor(centre_square(image, 128)), prepare(image))


def test_paper_makes_320_evaluations_of_a_square(cat: Image.Image, glass: Image.Image, model: engine.Model) -> None:
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
