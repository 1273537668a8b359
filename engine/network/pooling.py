"""Poolings of 2×2 pixels and the gradients of them."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn import functional

Backward = Callable[[Tensor], Tensor]
"""One step of the backward pass: the gradient after an operation to the gradient before it."""


def max_pool(hidden: Tensor, steps: list[Backward]) -> Tensor:
    """Maximum of 2×2 pixels. With ceil_mode the last row and column of an odd size count, and 1 px stays 1 px."""

    def backward(gradient: Tensor) -> Tensor:
        # The indices are computed again: at 8 bytes each they would be the largest thing kept in memory.
        _, indices = functional.max_pool2d(hidden, 2, ceil_mode=True, return_indices=True)
        pool_backward = torch.ops.aten.max_pool2d_with_indices_backward
        result: Tensor = pool_backward(gradient, hidden, [2, 2], [2, 2], [0, 0], [1, 1], True, indices)
        return result

    steps.append(backward)
    return functional.max_pool2d(hidden, 2, ceil_mode=True)


def max_pool_of_planes(hidden: Tensor, steps: list[Backward]) -> Tensor:
    """The same for planes of channels: larger rows, then larger columns. torch's own pooling is slow in this format."""
    return _larger(_larger(hidden, 2, steps), 3, steps)


def _larger(hidden: Tensor, dim: int, steps: list[Backward]) -> Tensor:
    """The larger of each two neighbours along a dimension; a last one without neighbour stays.

    Only which of them it was is kept. Where they are equal, the first one gets the gradient.
    """
    shape, before, pairs = hidden.shape, (slice(None),) * dim, hidden.shape[dim] // 2
    first, second = (*before, slice(0, None, 2)), (*before, slice(1, None, 2))
    larger = hidden[first].clone(memory_format=torch.contiguous_format)
    paired = larger.narrow(dim, 0, pairs)
    is_second = hidden[second] > paired
    torch.maximum(paired, hidden[second], out=paired)

    def backward(gradient: Tensor) -> Tensor:
        result = gradient.new_empty(shape)
        result[first] = gradient
        torch.mul(gradient.narrow(dim, 0, pairs), is_second, out=result[second])
        result[first].narrow(dim, 0, pairs).sub_(result[second])
        return result

    steps.append(backward)
    return larger


def average_pool(hidden: Tensor, steps: list[Backward]) -> Tensor:
    """Mean of 2×2 pixels, at an odd edge of those that there are."""

    def backward(gradient: Tensor) -> Tensor:
        pool_backward = torch.ops.aten.avg_pool2d_backward
        result: Tensor = pool_backward(gradient, hidden, [2, 2], [2, 2], [0, 0], True, False, None)
        return result

    steps.append(backward)
    return functional.avg_pool2d(hidden, 2, ceil_mode=True, count_include_pad=False)
