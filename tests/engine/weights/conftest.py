"""Servers of weights: one of the published kind of file, and one of the newer kind, which is read whole."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from tests.support.weights_server import WeightsServer, legacy_file, serving


@pytest.fixture
def whole_state(random_state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Convolutions and, as in the published file, much else that is not needed."""
    return random_state | {f"classifier.{number}.weight": torch.ones(400, 400) for number in range(3)}


@pytest.fixture
def server(whole_state: dict[str, Tensor]) -> Iterator[WeightsServer]:
    """A server of a file of the published kind."""
    with serving(legacy_file(whole_state)) as running:
        yield running


@pytest.fixture
def zip_server(whole_state: dict[str, Tensor]) -> Iterator[WeightsServer]:
    """A server of a file as torch writes it today."""
    file = io.BytesIO()
    torch.save(whole_state, file)
    with serving(file.getvalue()) as running:
        yield running
