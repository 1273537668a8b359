"""The optimisers: L-BFGS as published, an L-BFGS that knows of the limits 0 and 1 and of batches, and Adam."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Mapping
from types import MappingProxyType

import torch
from torch import Tensor

LossAndGradient = Callable[[Tensor], tuple[Tensor, Tensor]]
"""Pictures (N, 3, H, W) to their losses, (N,), and gradients; see `engine.optimize.objective.Objective`."""

OnEvaluation = Callable[[Tensor, Tensor], None]
"""Called with the evaluated pictures and their losses; may raise `engine.progress.EarlyStop`."""


class BestImages:
    """For each picture of a batch the iterate of the lowest loss, chosen without making a CUDA device wait.

    Attributes:
        images: (N, 3, H, W); the first iterates until a loss is finite or lower.
    """

    images: Tensor

    def __init__(self) -> None:
        self._losses: Tensor | None = None

    def update(self, images: Tensor, losses: Tensor) -> None:
        """Keep the pictures whose loss is lower than before; NaN counts as infinite."""
        losses = losses.detach().float()
        if self._losses is None:
            self.images, self._losses = images.detach().clone(), losses.nan_to_num(nan=math.inf)
            return
        better = losses < self._losses
        self.images = torch.where(better[:, None, None, None], images.detach(), self.images)
        self._losses = torch.where(better, losses, self._losses)


def published_lbfgs(objective: LossAndGradient, start: Tensor, iterations: int, on_evaluation: OnEvaluation) -> Tensor:
    """Run the published optimiser: L-BFGS with torch's defaults, the picture clamped before each evaluation.

    L-BFGS is not told of the clamping, so its history does not match the picture, and long runs can diverge. It is kept
    because `paper` reproduces the published algorithm, and the caller keeps the best iterate. `lbfgs` has no such flaw.

    Args:
        objective: Losses and gradients.
        start: (1, 3, H, W) in 0..1; one picture only, because torch's history would mix several.
        iterations: Evaluations, rounded up to whole steps of 20 as published: 300 gives 320.
        on_evaluation: Called after each evaluation.

    Returns:
        The last picture that was evaluated, (1, 3, H, W).
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
        on_evaluation(image, loss)
        return loss.sum()

    while evaluations <= iterations:
        optimizer.step(closure)  # type: ignore[no-untyped-call]
    return image.detach()


HISTORY_SIZE = 2
"""Steps in the history of L-BFGS; ten are no better (docs/curves.md), and each costs 24 bytes a pixel."""

FIRST_STEP = 0.01
"""Mean change of a value in 0..1 by the first step, before there is any history."""

SMOOTH_ABOVE = 0.03
"""Cycles per pixel, above which `smooth` weakens frequencies."""

RESET_RATIO = 2.0
"""A picture's history is reset where its loss is more than so many times the loss before."""


def smoothing_gain(pictures: Tensor) -> Tensor:
    """Gain of each frequency f of pictures (N, 3, H, W) for `smooth`: 1 / √(1 + (f / SMOOTH_ABOVE)²)."""
    height, width = pictures.shape[2:]
    vertical = torch.fft.fftfreq(height, dtype=pictures.dtype, device=pictures.device)
    horizontal = torch.fft.rfftfreq(width, dtype=pictures.dtype, device=pictures.device)
    squares: Tensor = vertical[:, None].square() + horizontal.square()
    return (1 + squares / SMOOTH_ABOVE**2).rsqrt()


def smooth(pictures: Tensor, gain: Tensor) -> Tensor:
    """Multiply the amplitude of each frequency of pictures (N, 3, H, W) by its gain.

    Up to a factor, L-BFGS begins with this as its inverse Hessian, in place of the identity. The losses curve more
    along fine detail than along large shapes: with the identity the shapes lag behind (docs/curves.md).
    """
    smoothed: Tensor = torch.fft.irfft2(torch.fft.rfft2(pictures).mul_(gain), s=pictures.shape[2:])
    return smoothed


class InverseHessian:
    """L-BFGS's approximation of the inverse Hessian, by the two-loop recursion (Nocedal and Wright 2006, alg. 7.4).

    It begins with γ times `smooth`. Each picture of a batch has its own approximation; nothing here makes a CUDA device
    wait.

    Args:
        pictures: (N, 3, H, W), of the pictures' shape, type and device.
    """

    def __init__(self, pictures: Tensor) -> None:
        self._pairs: deque[tuple[Tensor, Tensor, Tensor]] = deque(maxlen=HISTORY_SIZE)  # s, y, 1 / yᵀs
        self._gain = smoothing_gain(pictures)
        # γ, eq. 7.20 for `smooth` in place of the identity; 0 where there is no history.
        self._scale = pictures.new_zeros(len(pictures))

    def update(self, step: Tensor, change: Tensor, reset: Tensor) -> None:
        """Add a step to the history.

        Args:
            step: s, (N, 3, H, W), the change of the pictures, after clamping.
            change: y, (N, 3, H, W), the change of their gradients.
            reset: (N,), bool: pictures whose history is discarded, because the step made their loss much worse.
        """
        product, square = _dot(step, change), _dot(change, smooth(change, self._gain))
        curved = (product > 1e-10 * square) & ~reset  # otherwise the curvature is not positive: the step is skipped
        for _, _, inverse in self._pairs:
            inverse.mul_(~reset)
        self._pairs.append((step, change, torch.where(curved, 1 / product, 0)))
        self._scale = torch.where(curved, product / square, self._scale * ~reset)

    def step(self, gradient: Tensor, free: Tensor) -> Tensor:
        """Compute the next step; `update` must be called before the one after it.

        Args:
            gradient: (N, 3, H, W).
            free: (N, 3, H, W), bool: values that can move. What the others cannot do must not move their neighbours
                (Bertsekas 1982); without this, smoothed steps stop before the minimum.

        Returns:
            (N, 3, H, W), 0 where a value is not free.
        """
        step, alphas = gradient * free, []
        for moved, change, inverse in reversed(self._pairs):
            alphas.append(inverse * _dot(moved, step))
            step.addcmul_(change, _per_picture(alphas[-1]), value=-1)
        step = smooth(step, self._gain)
        first = FIRST_STEP / step.abs().mean((1, 2, 3)).clamp_min(1e-30)
        step.mul_(_per_picture(torch.where(self._scale > 0, self._scale, first)))
        for (moved, change, inverse), alpha in zip(self._pairs, reversed(alphas), strict=True):
            step.addcmul_(moved, _per_picture(alpha - inverse * _dot(change, step)))
        if len(self._pairs) == HISTORY_SIZE:  # freed before the next evaluation, which needs the most memory
            self._pairs.popleft()
        return step.mul_(free).neg_()


@torch.no_grad()
def lbfgs(objective: LossAndGradient, image: Tensor, iterations: int, on_evaluation: OnEvaluation) -> Tensor:
    """Run L-BFGS without a line search. Pictures are clamped after each step, and the history holds the clamped step.

    The full step is right so often that a line search would waste evaluations.

    Args:
        objective: Losses and gradients.
        image: (N, 3, H, W) in 0..1, the pictures to begin with; they are optimised independently.
        iterations: Evaluations, at least 1.
        on_evaluation: Called after each evaluation.

    Returns:
        The last pictures that were evaluated, (N, 3, H, W).
    """
    loss, gradient = objective(image)
    on_evaluation(image, loss)
    inverse_hessian = InverseHessian(gradient)
    for _ in range(iterations - 1):
        free = torch.where(gradient > 0, image > 0, image < 1)  # the gradient pushes the others against their limit
        moved = (image + inverse_hessian.step(gradient, free)).clamp_(0, 1)
        step, image = moved - image, moved
        del moved
        loss_before, gradient_before = loss, gradient
        loss, gradient = objective(image)
        on_evaluation(image, loss)
        reset = ~(loss <= RESET_RATIO * loss_before)  # also where the loss is NaN
        inverse_hessian.update(step, gradient - gradient_before, reset)
    return image


ADAM_STEP, ADAM_DECAY = 0.02, (0.9, 0.99)
"""Adam's step size, and the decay rates of its two moments, as in crowsonkb/style-transfer-pytorch."""


def adam(objective: LossAndGradient, image: Tensor, iterations: int, on_evaluation: OnEvaluation) -> Tensor:
    """Run Adam (Kingma and Ba 2015); pictures are clamped after each step. It treats every value by itself.

    Arguments and result are those of `lbfgs`. No preset uses it; the study compares with it.
    """
    image = image.clone()
    optimizer = torch.optim.Adam([image], lr=ADAM_STEP, betas=ADAM_DECAY)
    for iteration in range(iterations):
        if iteration:
            optimizer.step()
            image.clamp_(0, 1)
        loss, image.grad = objective(image)
        on_evaluation(image, loss)
    return image


OPTIMIZERS: Mapping[str, Callable[[LossAndGradient, Tensor, int, OnEvaluation], Tensor]] = MappingProxyType(
    {"published": published_lbfgs, "lbfgs": lbfgs, "adam": adam}
)
"""The optimisers by their names in `engine.options.Hyperparameters.optimizer`."""


def _dot(one: Tensor, other: Tensor) -> Tensor:
    """Inner product of each picture, (N,)."""
    product: Tensor = torch.linalg.vecdot(one.flatten(1), other.flatten(1))
    return product


def _per_picture(values: Tensor) -> Tensor:
    """(N,) to (N, 1, 1, 1), to be multiplied with pictures."""
    return values[:, None, None, None]
