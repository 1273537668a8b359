"""Two ways down: the optimisers that change pictures until their losses are low."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from engine.options import Recipe

Objective = Callable[[Tensor], tuple[Tensor, Tensor]]
"""Pictures (N, 3, H, W) to their losses (N,) and gradients; see `engine.objective.Objective`."""

Tick = Callable[[Tensor, Tensor], None]
"""Told of the evaluated pictures and their losses; may raise `engine.progress.Halt`."""


BETAS = (0.9, 0.99)
"""Decay of Adam's means; 0.99 instead of 0.999, for a run has few steps."""


class Best:
    """Each picture of the lowest loss so far, chosen without making a CUDA device wait.

    Args:
        images: (N, 3, H, W), what to fall back to until a loss is known.
    """

    def __init__(self, images: Tensor) -> None:
        self.images = images.detach().clone()
        self.losses = torch.full((len(images),), math.inf, device=images.device)

    def offer(self, images: Tensor, losses: Tensor) -> None:
        """Keep those pictures whose loss is lower; one that is not a number never is."""
        losses = losses.detach().float()
        better = losses < self.losses
        self.images = torch.where(better[:, None, None, None], images.detach(), self.images)
        self.losses = torch.where(better, losses, self.losses)


def lbfgs(objective: Objective, start: Tensor, iterations: int, tick: Tick) -> Tensor:
    """The published descent: L-BFGS with torch's defaults, the picture clamped before each evaluation.

    Clamping behind L-BFGS's back spoils its memory, and long runs can explode; it is kept because the
    recipe is the published one, and the caller keeps the best picture.

    Args:
        objective: Losses and gradients.
        start: (1, 3, H, W) in 0..1; one picture alone, for its memory would mix several.
        iterations: Evaluations, rounded up to whole steps of 20 as published: 300 gives 320.
        tick: Told of each evaluation.

    Returns:
        The last picture.
    """
    image = start.clone().requires_grad_()
    optimizer = torch.optim.LBFGS([image])
    evaluations = 0

    def closure() -> Tensor:
        nonlocal evaluations
        with torch.no_grad():
            image.clamp_(0, 1)
        loss, image.grad = objective(image.detach())
        evaluations += 1
        tick(image, loss)
        return loss.sum()

    while evaluations <= iterations:
        optimizer.step(closure)  # type: ignore[no-untyped-call]
    return image.detach().clamp(0, 1)


@torch.no_grad()
def adam(objective: Objective, start: Tensor, iterations: int, tick: Tick, recipe: Recipe) -> Tensor:
    """Adam (Kingma and Ba 2015), the pictures clamped after each step, which its elementwise state survives.

    The step shrinks to a tenth of itself in half a cosine: large steps find the strokes, small ones take the grain
    away. Not torch's: the first use of its optimisers imports torch's compiler, for seconds.

    Args:
        objective: Losses and gradients.
        start: (N, 3, H, W) in 0..1; the elements do not touch each other, so neither do the pictures.
        iterations: Evaluations.
        tick: Told of each evaluation.
        recipe: Learning rate.

    Returns:
        The last pictures.
    """
    image = start.clone()
    first, second = torch.zeros_like(start), torch.zeros_like(start)
    for step in range(1, iterations + 1):
        loss, gradient = objective(image)
        tick(image, loss)
        first.lerp_(gradient, 1 - BETAS[0])
        second.lerp_(gradient.square_(), 1 - BETAS[1])
        move = (first / (1 - BETAS[0] ** step)) / (second / (1 - BETAS[1] ** step)).sqrt_().add_(1e-8)
        rate = recipe.learning_rate * (1 - 0.9 * (1 - math.cos(math.pi * step / iterations)) / 2)
        image = image.sub(move, alpha=rate).clamp_(0, 1)
    return image
