"""CUDA graphs: an evaluation's hundreds of kernels, launched at once.

On a fast card the kernels of an evaluation take less time than Python needs to launch them one by one. A graph records
them once, and launches them together (https://docs.pytorch.org/docs/stable/notes/cuda.html#cuda-graphs).
"""

from __future__ import annotations

import torch
from torch import Tensor

from engine.optimize.optimizers import LossAndGradient

MOST_PIXELS = 2_000_000
"""Of all pictures of a batch. Beyond, kernels take longer than their launches, and a graph would only hold memory."""


def recorded(objective: LossAndGradient, images: Tensor, *, tiled: bool, statistic: str) -> LossAndGradient:
    """The objective, recorded as a graph where that is possible and gains time.

    Args:
        objective: Of pictures of this shape.
        images: (N, 3, H, W), on the device.
        tiled: Whether the pictures are measured in tiles.
        statistic: Of the style loss; the Wasserstein distance needs eigenvalues, for which the card must wait.
    """
    few = len(images) * images.shape[2] * images.shape[3] <= MOST_PIXELS
    worth = images.is_cuda and few and not tiled and statistic != "wasserstein"
    return RecordedObjective(objective) if worth else objective


class RecordedObjective:
    """An objective whose second evaluation is recorded as a graph, which gives that result and all later ones.

    The first one runs as it is, because libraries choose and load their kernels in it. All pictures must have the shape
    of the first ones.

    Args:
        objective: Runs on a CUDA device, and never makes it wait.
    """

    def __init__(self, objective: LossAndGradient) -> None:
        self._objective = objective
        self._warm = False
        self._graph: torch.cuda.CUDAGraph | None = None

    def __call__(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Compute loss and gradient, as the objective does."""
        if not self._warm:
            self._warm = True
            return self._objective(image)
        if self._graph is None:
            self._image, graph = image.clone(), torch.cuda.CUDAGraph()
            # Other threads may ask the card for its free memory meanwhile.
            with torch.cuda.graph(graph, capture_error_mode="thread_local"):
                self._loss, self._gradient = self._objective(self._image)
            self._graph = graph
        self._image.copy_(image)
        self._graph.replay()
        return self._loss.clone(), self._gradient.clone()
