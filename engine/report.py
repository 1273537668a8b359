"""The result of a run: the picture and a report of how it was made."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from PIL import Image

from engine.sizes import Size


@dataclass(frozen=True, kw_only=True)
class Report:
    """How a picture was made, for logs, files and tests."""

    preset: str
    size: Size  # width and height of the output, in pixels
    seconds: float  # of the run, without loading the model
    iterations: int  # evaluations of loss and gradient, in all scales together
    scales: tuple[Size, ...]  # sizes of the schedule, coarse to fine
    losses: dict[str, float]  # of the best picture, without weights, by name: `style relu1_1`, `content relu3_4`, `tv`
    device: str
    precision: str  # of the convolutions: bfloat16, float32 or float64
    kernels: str  # of the convolutions: direct, or winograd where that is faster in float32
    weights: str  # pretrained, builtin, or the file's name
    strength: float
    correction: float  # factor of the style weight by which the run has corrected itself to that strength; 1: none
    style_scale: float
    colors: str
    masked: bool  # whether a style had a mask
    init: str  # what the run began with: content, noise, or start (a picture that was given)
    seed: int
    stopped: bool  # whether the caller ended the run early
    notes: tuple[str, ...]  # what else a reader should know, such as layers that the weights lack

    def to_dict(self) -> dict[str, Any]:
        """The report as a dictionary that can be saved as JSON."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Result:
    """A painted picture and the report of the run."""

    image: Image.Image  # mode RGB
    report: Report
