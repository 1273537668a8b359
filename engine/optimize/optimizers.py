"""Two ways down: the optimisers that change pictures until their losses are low."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable

import torch
from torch import Tensor

Objective = Callable[[Tensor], tuple[Tensor, Tensor]]
"""Pictures (N, 3, H, W) to their losses (N,) and gradients; see `engine.optimize.objective.Objective`."""

Tick = Callable[[Tensor, Tensor], None]
"""Told of the evaluated pictures and their losses; may raise `engine.progress.Halt`."""


class Best:
    """Each picture of the lowest loss so far, chosen without making a CUDA device wait.

    Attributes:
        images: (N, 3, H, W), those offered first until a loss is a number.
    """

    images: Tensor

    def __init__(self) -> None:
        self._losses: Tensor | None = None

    def offer(self, images: Tensor, losses: Tensor) -> None:
        """Keep those pictures whose loss is lower; one that is not a number never is."""
        losses = losses.detach().float()
        if self._losses is None:
            self.images, self._losses = images.detach().clone(), losses.nan_to_num(nan=math.inf)
            return
        better = losses < self._losses
        self.images = torch.where(better[:, None, None, None], images.detach(), self.images)
        self._losses = torch.where(better, losses, self._losses)


def published(objective: Objective, start: Tensor, iterations: int, tick: Tick) -> Tensor:
    """The published descent: L-BFGS with torch's defaults, the picture clamped before each evaluation.

    Clamping behind L-BFGS's back spoils its memory, and long runs can explode; it is kept because the
    recipe is the published one, and the caller keeps the best picture. `lbfgs` is the sound one.

    Args:
        objective: Losses and gradients.
        start: (1, 3, H, W) in 0..1; one picture alone, for its memory would mix several.
        iterations: Evaluations, rounded up to whole steps of 20 as published: 300 gives 320.
        tick: Told of each evaluation.

    Returns:
        The last picture that was evaluated.
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
    return image.detach()


MEMORY = 2
"""Steps that L-BFGS remembers; ten are no better (docs/curves.md), and each costs 24 bytes a pixel."""

FIRST_MOVE = 0.01
"""Mean change of a value in 0..1 by the first step, when nothing is known of the curvature yet."""

ASTRAY = 2.0
"""A loss that is so many times the one before makes a picture forget what it knew of the curvature."""


class Curvature:
    """What the last steps tell of the loss's curvature, by L-BFGS's two loops (Nocedal and Wright 2006, algorithm 7.4).

    Every picture of a batch has its own; nothing here makes a CUDA device wait.

    Args:
        gradient: (N, 3, H, W), where the descent begins.
    """

    def __init__(self, gradient: Tensor) -> None:
        self._pairs: deque[tuple[Tensor, Tensor, Tensor]] = deque(maxlen=MEMORY)  # steps, changes, 1 / their products
        self._gain = self._cautious(gradient)

    def learn(self, step: Tensor, change: Tensor, gradient: Tensor, worse: Tensor) -> None:
        """Remember a step.

        Args:
            step: (N, 3, H, W), how the pictures changed, after clamping.
            change: (N, 3, H, W), how their gradients changed.
            gradient: (N, 3, H, W), where they are now.
            worse: (N,), bool: pictures that forget all, for what they knew has led them astray.
        """
        product, square = _dot(step, change), _dot(change, change)
        curved = (product > 1e-10 * square) & ~worse  # else the step says nothing, and is passed over
        for _, _, inverse in self._pairs:
            inverse.mul_(~worse)
        self._pairs.append((step, change, torch.where(curved, 1 / product, 0)))
        self._gain = torch.where(worse, self._cautious(gradient), self._gain)
        self._gain = torch.where(curved, product / square, self._gain)

    def step(self, gradient: Tensor) -> Tensor:
        """The next step from a gradient, both (N, 3, H, W); to be learned from before the next one."""
        step, shares = gradient.clone(), []
        for moved, change, inverse in reversed(self._pairs):
            shares.append(inverse * _dot(moved, step))
            step.addcmul_(change, _spread(shares[-1]), value=-1)
        step.mul_(_spread(self._gain))
        for (moved, change, inverse), share in zip(self._pairs, reversed(shares), strict=True):
            step.addcmul_(moved, _spread(share - inverse * _dot(change, step)))
        if len(self._pairs) == MEMORY:  # before the network needs all the memory that there is
            self._pairs.popleft()
        return step.neg_()

    @staticmethod
    def _cautious(gradient: Tensor) -> Tensor:
        return FIRST_MOVE / gradient.abs().mean((1, 2, 3)).clamp_min(1e-30)


@torch.no_grad()
def lbfgs(objective: Objective, image: Tensor, iterations: int, tick: Tick) -> Tensor:
    """L-BFGS without a line search, the pictures clamped after each step, which is what it remembers of the step.

    The guess of the curvature makes the full step right so nearly always that a search would waste evaluations.

    Args:
        objective: Losses and gradients.
        image: (N, 3, H, W) in 0..1, where to begin; the pictures do not touch each other.
        iterations: Evaluations.
        tick: Told of each evaluation.

    Returns:
        The last pictures that were evaluated.
    """
    loss, gradient = objective(image)
    tick(image, loss)
    curvature = Curvature(gradient)
    for _ in range(iterations - 1):
        moved = (image + curvature.step(gradient)).clamp_(0, 1)
        step, image = moved - image, moved
        del moved
        loss_before, gradient_before = loss, gradient
        loss, gradient = objective(image)
        tick(image, loss)
        curvature.learn(step, gradient - gradient_before, gradient, worse=~(loss <= ASTRAY * loss_before))
    return image


def _dot(one: Tensor, other: Tensor) -> Tensor:
    """(N,)."""
    product: Tensor = torch.linalg.vecdot(one.flatten(1), other.flatten(1))
    return product


def _spread(values: Tensor) -> Tensor:
    """(N,) to (N, 1, 1, 1)."""
    return values[:, None, None, None]
