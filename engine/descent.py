"""Two ways down: the optimisers that change a picture until its loss is low."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from engine.objective import Objective
from engine.options import Recipe

Tick = Callable[[Tensor, Tensor], None]
"""Told of each evaluated picture and its loss; may raise `engine.progress.Halt`."""


BETAS = (0.9, 0.99)
"""Decay of Adam's means; 0.99 instead of 0.999, for a run has few steps."""


class Best:
    """The picture of the lowest loss so far, chosen without making a CUDA device wait.

    Args:
        image: What to fall back to until a loss is known.
    """

    def __init__(self, image: Tensor) -> None:
        self.image = image.detach().clone()
        self.loss = torch.full((), float("inf"), device=image.device)

    def offer(self, image: Tensor, loss: Tensor) -> None:
        """Keep this picture if its loss is lower; one that is not a number never is."""
        image, loss = image.detach(), loss.detach().float()
        better = loss < self.loss
        self.image = torch.where(better, image, self.image)
        self.loss = torch.where(better, loss, self.loss)


def lbfgs(objective: Objective, start: Tensor, iterations: int, tick: Tick) -> Tensor:
    """The published descent: L-BFGS with torch's defaults, the picture clamped before each evaluation.

    Clamping behind L-BFGS's back spoils its memory, and long runs can explode; it is kept because the
    recipe is the published one, and the caller keeps the best picture.

    Args:
        objective: The loss.
        start: (1, 3, H, W) in 0..1.
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
        optimizer.zero_grad()
        loss = objective(image)
        loss.backward()  # type: ignore[no-untyped-call]
        evaluations += 1
        tick(image, loss)
        return loss

    while evaluations <= iterations:
        optimizer.step(closure)  # type: ignore[no-untyped-call]
    return image.detach().clamp(0, 1)


def adam(objective: Objective, start: Tensor, iterations: int, tick: Tick, recipe: Recipe) -> Tensor:
    """Adam (Kingma and Ba 2015), the picture clamped after each step, which its elementwise state survives.

    Not torch's: the first use of its optimisers imports torch's compiler, for seconds.

    Args:
        objective: The loss.
        start: (1, 3, H, W) in 0..1.
        iterations: Evaluations.
        tick: Told of each evaluation.
        recipe: Learning rate and decay of the mean.

    Returns:
        The running mean of the pictures: less grain than in any single one.
    """
    image = start.clone()
    mean, first, second = (torch.zeros_like(start) for _ in range(3))
    for step in range(1, iterations + 1):
        image.requires_grad_()
        loss = objective(image)
        (gradient,) = torch.autograd.grad(loss, image)
        image = image.detach()
        tick(image, loss)
        first.lerp_(gradient, 1 - BETAS[0])
        second.lerp_(gradient.square_(), 1 - BETAS[1])
        move = (first / (1 - BETAS[0] ** step)) / (second / (1 - BETAS[1] ** step)).sqrt_().add_(1e-8)
        image = image.sub_(move, alpha=recipe.learning_rate).clamp_(0, 1)
        mean.lerp_(image, 1 - recipe.average)
    return mean / (1 - recipe.average**iterations) if iterations else image
