"""L-BFGS against its matrix form, on quadratics with known minima, and where it is led astray."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engine.optimize.optimizers import FIRST_MOVE, MEMORY, Best, Curvature, lbfgs

SHAPE = (2, 3, 4, 5)


def rand(*shape: int, seed: int = 0) -> Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


class Bowl:
    """Σ ½ stiffness (image - bottom)², with pictures (N, 3, H, W) of their own; counts its evaluations."""

    def __init__(self, bottom: Tensor, stiffness: Tensor) -> None:
        self.bottom, self.stiffness, self.evaluated = bottom, stiffness, 0

    def __call__(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Losses and gradients."""
        self.evaluated += 1
        gradient = self.stiffness * (image - self.bottom)
        return (0.5 * gradient * (image - self.bottom)).sum((1, 2, 3)), gradient


def ignore(images: Tensor, losses: Tensor) -> None:
    """Hear of nothing."""


def matrix_form(pairs: list[tuple[Tensor, Tensor]], gain: float) -> Tensor:
    """The inverse Hessian by BFGS's update, Nocedal and Wright 2006, equation 6.17, from gain times identity."""
    inverse = gain * torch.eye(len(pairs[0][0]), dtype=torch.float64)
    for step, change in pairs:
        rho = 1 / (step @ change)
        left = torch.eye(len(step), dtype=torch.float64) - rho * torch.outer(step, change)
        inverse = left @ inverse @ left.T + rho * torch.outer(step, step)
    return inverse


@pytest.mark.parametrize("steps", [1, MEMORY, MEMORY + 2])
def test_the_two_loops_are_the_last_steps_of_the_matrix_form(steps: int) -> None:
    stiffness = 0.5 + rand(*SHAPE, seed=1)
    curvature, taken = Curvature(rand(*SHAPE)), []
    for n in range(steps):
        step = rand(*SHAPE, seed=10 + n) - 0.5
        taken.append((step, stiffness * step))
        curvature.learn(*taken[-1], rand(*SHAPE), torch.tensor([False, False]))
    gradient = rand(*SHAPE, seed=5) - 0.5
    found = curvature.step(gradient)
    for n in range(len(gradient)):  # each picture by itself
        pairs = [(step[n].flatten(), change[n].flatten()) for step, change in taken[-MEMORY:]]
        step, change = pairs[-1]
        inverse = matrix_form(pairs, float(step @ change / (change @ change)))
        torch.testing.assert_close(found[n].flatten(), -inverse @ gradient[n].flatten())


def test_the_first_step_moves_every_picture_by_the_same_mean() -> None:
    gradient = rand(*SHAPE) * torch.tensor([1e-9, 1e9], dtype=torch.float64)[:, None, None, None]
    moved = Curvature(gradient).step(gradient)
    torch.testing.assert_close(moved.abs().mean((1, 2, 3)), torch.full((2,), FIRST_MOVE, dtype=torch.float64))


def test_a_picture_that_got_worse_forgets_and_the_other_does_not() -> None:
    first, second, gradient = (rand(*SHAPE, seed=seed) for seed in (1, 2, 3))

    def step(*, astray: bool) -> Tensor:
        curvature = Curvature(gradient)
        curvature.learn(first, 2 * first, gradient, torch.tensor([False, False]))
        curvature.learn(second, 3 * second, gradient, torch.tensor([astray, False]))
        return curvature.step(gradient)

    torch.testing.assert_close(step(astray=True)[0], Curvature(gradient).step(gradient)[0])
    torch.testing.assert_close(step(astray=True)[1], step(astray=False)[1])


def test_a_step_against_the_curvature_is_passed_over() -> None:
    step, gradient = rand(*SHAPE, seed=1), rand(*SHAPE, seed=2)
    curvature = Curvature(gradient)
    curvature.learn(step, -step, gradient, torch.tensor([False, False]))
    torch.testing.assert_close(curvature.step(gradient), Curvature(gradient).step(gradient))


def test_it_finds_the_bottom_within_the_box() -> None:
    """Where the bottom lies outside 0..1, the nearest point of the box, for the axes do not mix."""
    bowl = Bowl(bottom=2 * rand(*SHAPE) - 0.5, stiffness=10 ** (2 * rand(*SHAPE, seed=1)))
    found = lbfgs(bowl, torch.full(SHAPE, 0.5, dtype=torch.float64), 200, ignore)
    torch.testing.assert_close(found, bowl.bottom.clamp(0, 1), atol=1e-5, rtol=0)


def test_iterations_are_evaluations_and_the_last_picture_is_an_evaluated_one() -> None:
    bowl, seen = Bowl(rand(*SHAPE), torch.ones(SHAPE, dtype=torch.float64)), []
    last = lbfgs(bowl, torch.zeros(SHAPE, dtype=torch.float64), 7, lambda images, _: seen.append(images))
    assert bowl.evaluated == len(seen) == 7
    assert torch.equal(last, seen[-1])


def test_a_picture_whose_loss_is_no_number_does_not_touch_its_neighbour() -> None:
    bowl = Bowl(rand(*SHAPE), 0.5 + rand(*SHAPE, seed=1))

    def spoilt(image: Tensor) -> tuple[Tensor, Tensor]:
        loss, gradient = bowl(image)
        return loss * torch.tensor([1.0, torch.nan]), gradient * torch.tensor([1.0, torch.nan])[:, None, None, None]

    start = torch.zeros(SHAPE, dtype=torch.float64)
    torch.testing.assert_close(lbfgs(spoilt, start, 9, ignore)[0], lbfgs(bowl, start, 9, ignore)[0])


def test_a_picture_at_the_bottom_stays_there() -> None:
    bowl = Bowl(rand(*SHAPE), torch.ones(SHAPE, dtype=torch.float64))
    assert torch.equal(lbfgs(bowl, bowl.bottom, 5, ignore), bowl.bottom)


def test_the_best_pictures_are_each_the_best_of_its_own() -> None:
    first, second = torch.zeros(SHAPE), torch.ones(SHAPE)
    best = Best()
    best.offer(first, torch.tensor([1.0, 2.0]))
    best.offer(second, torch.tensor([torch.nan, 1.0]))
    assert torch.equal(best.images, torch.stack([first[0], second[1]]))
