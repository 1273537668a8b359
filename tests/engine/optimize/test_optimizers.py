"""L-BFGS against its matrix form, on quadratics with known minima, and where the history is reset."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.optimize.optimizers import (
    FIRST_STEP,
    HISTORY_SIZE,
    SMOOTH_ABOVE,
    BestImages,
    InverseHessian,
    adam,
    lbfgs,
    smooth,
    smoothing_gain,
)

SHAPE = (2, 3, 4, 5)
EVERYWHERE = torch.tensor(True)


def rand(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


class Quadratic:
    """Σ ½ stiffness (image - bottom)² for each picture (N, 3, H, W); counts its evaluations."""

    def __init__(self, bottom: Tensor, stiffness: Tensor) -> None:
        self.bottom, self.stiffness, self.evaluated = bottom, stiffness, 0

    def __call__(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Losses and gradients."""
        self.evaluated += 1
        gradient = self.stiffness * (image - self.bottom)
        return (0.5 * gradient * (image - self.bottom)).sum((1, 2, 3)), gradient


def ignore(images: Tensor, losses: Tensor) -> None:
    """Do nothing."""


def smooth_matrix() -> Tensor:
    """`smooth` of one picture, as a matrix."""
    size = SHAPE[1] * SHAPE[2] * SHAPE[3]
    pictures = torch.eye(size, dtype=torch.float64).view(size, *SHAPE[1:])
    return smooth(pictures, smoothing_gain(pictures)).flatten(1)


def matrix_form(pairs: list[tuple[Tensor, Tensor]], inverse: Tensor) -> Tensor:
    """The inverse Hessian by BFGS's update, Nocedal and Wright 2006, equation 6.17, from the initial one."""
    for step, change in pairs:
        rho = 1 / (step @ change)
        left = torch.eye(len(step), dtype=torch.float64) - rho * torch.outer(step, change)
        inverse = left @ inverse @ left.T + rho * torch.outer(step, step)
    return inverse


@pytest.mark.parametrize("steps", [1, HISTORY_SIZE, HISTORY_SIZE + 2])
def test_the_two_loops_are_the_last_steps_of_the_matrix_form(steps: int) -> None:
    stiffness = 0.5 + rand(*SHAPE, seed=1)
    inverse_hessian, taken = InverseHessian(rand(*SHAPE)), []
    for n in range(steps):
        step = rand(*SHAPE, seed=10 + n) - 0.5
        taken.append((step, stiffness * step))
        inverse_hessian.update(*taken[-1], torch.tensor([False, False]))
    gradient = rand(*SHAPE, seed=5) - 0.5
    found = inverse_hessian.step(gradient, EVERYWHERE)
    for n in range(len(gradient)):  # each picture by itself
        pairs = [(step[n].flatten(), change[n].flatten()) for step, change in taken[-HISTORY_SIZE:]]
        step, change = pairs[-1]
        initial = smooth_matrix()
        inverse = matrix_form(pairs, step @ change / (change @ initial @ change) * initial)
        torch.testing.assert_close(found[n].flatten(), -inverse @ gradient[n].flatten())


def test_smoothing_weakens_a_wave_by_its_frequency() -> None:
    """A wave stays a wave of the same place; the mean stays as it is, and pictures of a batch do not meet."""
    row = torch.arange(40, dtype=torch.float64)
    for cycles in (0, 1, 4, 20):
        wave = (
            torch.cos(2 * torch.pi * cycles / 40 * row).expand(2, 3, 30, 40) * torch.tensor([1, 0])[:, None, None, None]
        )
        gain = 1 / (1 + (cycles / 40 / SMOOTH_ABOVE) ** 2) ** 0.5
        torch.testing.assert_close(smooth(wave, smoothing_gain(wave)), gain * wave)
    matrix = smooth_matrix()
    torch.testing.assert_close(matrix, matrix.T)
    assert torch.linalg.eigvalsh(matrix).min() > 0


def test_the_first_step_moves_every_picture_by_the_same_mean() -> None:
    gradient = rand(*SHAPE) * torch.tensor([1e-9, 1e9], dtype=torch.float64)[:, None, None, None]
    moved = InverseHessian(gradient).step(gradient, EVERYWHERE)
    torch.testing.assert_close(moved.abs().mean((1, 2, 3)), torch.full((2,), FIRST_STEP, dtype=torch.float64))


def test_a_picture_that_got_worse_is_reset_and_the_other_does_not() -> None:
    first, second, gradient = (rand(*SHAPE, seed=seed) for seed in (1, 2, 3))

    def step(*, reset: bool) -> Tensor:
        inverse_hessian = InverseHessian(gradient)
        inverse_hessian.update(first, 2 * first, torch.tensor([False, False]))
        inverse_hessian.update(second, 3 * second, torch.tensor([reset, False]))
        return inverse_hessian.step(gradient, EVERYWHERE)

    torch.testing.assert_close(step(reset=True)[0], InverseHessian(gradient).step(gradient, EVERYWHERE)[0])
    torch.testing.assert_close(step(reset=True)[1], step(reset=False)[1])


def test_a_step_against_the_curvature_is_passed_over() -> None:
    step, gradient = rand(*SHAPE, seed=1), rand(*SHAPE, seed=2)
    inverse_hessian = InverseHessian(gradient)
    inverse_hessian.update(step, -step, torch.tensor([False, False]))
    torch.testing.assert_close(
        inverse_hessian.step(gradient, EVERYWHERE), InverseHessian(gradient).step(gradient, EVERYWHERE)
    )


def test_it_finds_the_bottom_within_the_box() -> None:
    """Where the minimum lies outside 0..1, it is the nearest point of the box, because the axes are independent."""
    quadratic = Quadratic(bottom=2 * rand(*SHAPE) - 0.5, stiffness=10 ** (2 * rand(*SHAPE, seed=1)))
    found = lbfgs(quadratic, torch.full(SHAPE, 0.5, dtype=torch.float64), 200, ignore)
    torch.testing.assert_close(found, quadratic.bottom.clamp(0, 1), atol=1e-5, rtol=0)


def test_iterations_are_evaluations_and_the_last_picture_is_an_evaluated_one() -> None:
    quadratic, seen = Quadratic(rand(*SHAPE), torch.ones(SHAPE, dtype=torch.float64)), []
    last = lbfgs(quadratic, torch.zeros(SHAPE, dtype=torch.float64), 7, lambda images, _: seen.append(images))
    assert quadratic.evaluated == len(seen) == 7
    assert torch.equal(last, seen[-1])


def test_a_picture_whose_loss_is_no_number_does_not_touch_its_neighbour() -> None:
    quadratic = Quadratic(rand(*SHAPE), 0.5 + rand(*SHAPE, seed=1))

    def spoilt(image: Tensor) -> tuple[Tensor, Tensor]:
        loss, gradient = quadratic(image)
        return loss * torch.tensor([1.0, torch.nan]), gradient * torch.tensor([1.0, torch.nan])[:, None, None, None]

    start = torch.zeros(SHAPE, dtype=torch.float64)
    torch.testing.assert_close(lbfgs(spoilt, start, 9, ignore)[0], lbfgs(quadratic, start, 9, ignore)[0])


def test_a_picture_at_the_bottom_stays_there() -> None:
    quadratic = Quadratic(rand(*SHAPE), torch.ones(SHAPE, dtype=torch.float64))
    assert torch.equal(lbfgs(quadratic, quadratic.bottom, 5, ignore), quadratic.bottom)


def test_the_best_pictures_are_each_the_best_of_its_own() -> None:
    first, second = torch.zeros(SHAPE), torch.ones(SHAPE)
    best = BestImages()
    best.update(first, torch.tensor([1.0, 2.0]))
    best.update(second, torch.tensor([torch.nan, 1.0]))
    assert torch.equal(best.images, torch.stack([first[0], second[1]]))


def test_adams_steps_are_those_of_its_paper() -> None:
    """Algorithm 1 of Kingma and Ba 2015, clamped after each step; every picture by itself."""
    start, objective = rand(*SHAPE), Quadratic(rand(*SHAPE, seed=1) * 2 - 0.5, rand(*SHAPE, seed=2))
    seen: list[Tensor] = []
    adam(objective, start, 12, lambda images, _: seen.append(images.clone()))
    picture, first, second = start.clone(), torch.zeros(SHAPE), torch.zeros(SHAPE)
    for step, image in enumerate(seen):
        torch.testing.assert_close(image, picture)
        _, gradient = objective(picture)
        first, second = 0.9 * first + 0.1 * gradient, 0.99 * second + 0.01 * gradient**2
        mean, square = first / (1 - 0.9 ** (step + 1)), second / (1 - 0.99 ** (step + 1))
        picture = (picture - 0.02 * mean / (square.sqrt() + 1e-8)).clamp(0, 1)
    assert (len(seen), objective.evaluated) == (12, 24)
    torch.testing.assert_close(start, rand(*SHAPE))
