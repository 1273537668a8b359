"""The published algorithm as modules of torch, under the names of the published work.

It follows the neural style tutorial of PyTorch (Jacq, "Neural transfer using PyTorch", after Gatys, Ecker and Bethge
2016) and is written to be read; the preset `paper` of the engine computes the same, faster.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import cast

import torch
from PIL import Image
from torch import Tensor, nn
from torch.nn import functional

from engine.images.tensors import centre_square, to_tensor
from engine.network.layers import CHANNELS, CONVOLUTIONS
from engine.network.vgg import MEAN, STD
from engine.reading.load import load_image, upright_rgb

IMSIZE = 128
"""Edge of the square in pixels."""

CONTENT_LAYERS = ("conv_4",)
STYLE_LAYERS = ("conv_1", "conv_2", "conv_3", "conv_4", "conv_5")

NORMALIZATION_MEAN, NORMALIZATION_STD = torch.tensor(MEAN), torch.tensor(STD)
"""Mean and standard deviation of ImageNet's channels, (3,)."""

OnEvaluation = Callable[[int, float, float, Tensor], None]
"""Called with the number of the evaluation, from 1, the style score, the content score and the picture."""


def image_loader(image_name: str | Path | Image.Image, imsize: int = IMSIZE) -> Tensor:
    """Read a picture, resize its short edge to `imsize` pixels and crop a square from the middle: nothing is squashed.

    Returns:
        (1, 3, imsize, imsize), float32 in 0..1.

    Raises:
        ImageError: The picture cannot be read.
    """
    image = upright_rgb(image_name) if isinstance(image_name, Image.Image) else load_image(image_name)
    return to_tensor(centre_square(image, imsize))


def vgg19_features(state: Mapping[str, Tensor]) -> nn.Sequential:
    """Build torchvision's `vgg19().features` with frozen weights, as far as the weights reach.

    Args:
        state: `features.N.weight` and `features.N.bias`, such as `engine.load_model().state`.
    """
    cnn = nn.Sequential()
    for name, index in CONVOLUTIONS.items():
        if f"features.{index}.weight" not in state:
            break
        if name.endswith("_1") and index > 0:
            cnn.append(nn.MaxPool2d(kernel_size=2, stride=2))
        convolution = nn.Conv2d(*CHANNELS[name], kernel_size=3, padding=1)
        convolution.weight = nn.Parameter(state[f"features.{index}.weight"], requires_grad=False)
        convolution.bias = nn.Parameter(state[f"features.{index}.bias"], requires_grad=False)
        cnn.append(convolution).append(nn.ReLU())
    return cnn.to(memory_format=torch.channels_last)  # convolutions on a CPU are faster so


class Normalization(nn.Module):
    """Normalises a picture, (N, 3, H, W) in 0..1, as the pictures were on which VGG19 was trained."""

    def __init__(self, mean: Tensor, std: Tensor) -> None:
        super().__init__()
        self.mean, self.std = mean.view(-1, 1, 1), std.view(-1, 1, 1)

    def forward(self, img: Tensor) -> Tensor:
        """(img - mean) / std."""
        return (img - self.mean) / self.std


class ContentLoss(nn.Module):
    """Mean squared difference between features and those of the content; the features pass through unchanged.

    Attributes:
        loss: Of the last features, a scalar.
    """

    loss: Tensor

    def __init__(self, target: Tensor) -> None:
        super().__init__()
        self.target = target.detach()

    def forward(self, features: Tensor) -> Tensor:
        """Compute the loss of features (1, C, H, W) and return them."""
        self.loss = functional.mse_loss(features, self.target)
        return features


class StyleLoss(nn.Module):
    """Mean squared difference between the Gram matrix of features and that of the style's; see `ContentLoss`.

    Attributes:
        loss: Of the last features, a scalar.
    """

    loss: Tensor

    def __init__(self, target_feature: Tensor) -> None:
        super().__init__()
        self.target = gram_matrix(target_feature).detach()

    def forward(self, features: Tensor) -> Tensor:
        """Compute the loss of features (1, C, H, W) and return them."""
        self.loss = functional.mse_loss(gram_matrix(features), self.target)
        return features


def gram_matrix(features: Tensor) -> Tensor:
    """Products of all pairs of N·C feature maps (N, C, H, W), summed over the pixels and divided by N·C·H·W."""
    batch, channels, height, width = features.shape
    maps = features.reshape(batch * channels, height * width)
    return maps @ maps.T / features.numel()


def get_style_model_and_losses(  # noqa: PLR0917  the published signature
    cnn: nn.Sequential,
    normalization_mean: Tensor,
    normalization_std: Tensor,
    style_img: Tensor,
    content_img: Tensor,
    content_layers: Collection[str] = CONTENT_LAYERS,
    style_layers: Collection[str] = STYLE_LAYERS,
) -> tuple[nn.Sequential, list[StyleLoss], list[ContentLoss]]:
    """Insert the losses into the network, each behind its layer, and cut the network off after the last one.

    Args:
        cnn: Convolutions, ReLUs and poolings; numbered by convolutions: conv_1, relu_1, conv_2, relu_2, pool_2 …
        normalization_mean: (3,).
        normalization_std: (3,).
        style_img: (1, 3, H, W) in 0..1.
        content_img: (1, 3, H, W) in 0..1.
        content_layers: Names of layers.
        style_layers: Names of layers.

    Returns:
        The network, its style losses and its content losses, in network order.

    Raises:
        ValueError: The network has no layer of one of these names.
    """
    model = nn.Sequential(Normalization(normalization_mean, normalization_std))
    style_losses: list[StyleLoss] = []
    content_losses: list[ContentLoss] = []
    awaited = {*content_layers, *style_layers}
    for name, layer in _named_layers(cnn):
        if not awaited:
            break
        awaited.discard(name)
        model.add_module(name, layer)
        number = name.partition("_")[2]
        if name in content_layers:
            content_losses.append(ContentLoss(model(content_img)))
            model.add_module(f"content_loss_{number}", content_losses[-1])
        if name in style_layers:
            style_losses.append(StyleLoss(model(style_img)))
            model.add_module(f"style_loss_{number}", style_losses[-1])
    if awaited:
        raise ValueError(f"The network has no layer {', '.join(sorted(awaited))}.")
    return model, style_losses, content_losses


def _named_layers(cnn: nn.Sequential) -> Iterator[tuple[str, nn.Module]]:
    number = 0
    for layer in cnn:
        if isinstance(layer, nn.Conv2d):
            number += 1
            yield f"conv_{number}", layer
        elif isinstance(layer, nn.ReLU):
            # In place it would overwrite the features that the losses before it compare.
            yield f"relu_{number}", nn.ReLU(inplace=False)
        else:
            yield f"pool_{number}", layer


def run_style_transfer(  # noqa: PLR0917  the published signature
    cnn: nn.Sequential,
    normalization_mean: Tensor,
    normalization_std: Tensor,
    content_img: Tensor,
    style_img: Tensor,
    input_img: Tensor,
    num_steps: int = 300,
    style_weight: float = 1_000_000,
    content_weight: float = 1,
    on_evaluation: OnEvaluation | None = None,
) -> Tensor:
    """Optimise a picture until the network sees the content's features and the style's statistics in it.

    Pictures are (1, 3, H, W) in 0..1. `input_img` is what the optimisation begins with, such as the content; it is not
    changed. No step begins after `num_steps` evaluations; a step of L-BFGS makes 20, so that 300 become 320. The
    weights multiply the sums of the losses. The other arguments are those of `get_style_model_and_losses`.

    Returns:
        The picture after the last step.
    """
    model, style_losses, content_losses = get_style_model_and_losses(
        cnn, normalization_mean, normalization_std, style_img, content_img
    )
    input_img = input_img.clone().requires_grad_()
    optimizer = torch.optim.LBFGS([input_img])
    run = [0]

    def closure() -> Tensor:
        with torch.no_grad():
            input_img.clamp_(0, 1)
        optimizer.zero_grad()
        model(input_img)
        style_score = style_weight * cast(Tensor, sum(layer.loss for layer in style_losses))
        content_score = content_weight * cast(Tensor, sum(layer.loss for layer in content_losses))
        loss = style_score + content_score
        loss.backward()  # type: ignore[no-untyped-call]
        run[0] += 1
        if on_evaluation:
            on_evaluation(run[0], style_score.item(), content_score.item(), input_img.detach())
        return loss

    while run[0] <= num_steps:
        optimizer.step(closure)  # type: ignore[no-untyped-call]
    return input_img.detach().clamp(0, 1)
