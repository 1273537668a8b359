"""What a run did, for logs, files and tests."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from PIL import Image

from engine.images.tensors import Size


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a run did."""

    preset: str
    size: Size  # width and height of the output, in pixels
    seconds: float  # of the whole run, without loading the model
    iterations: int  # evaluations of loss and gradient, in all scales
    scales: tuple[Size, ...]  # sizes painted, coarse to fine
    losses: dict[str, float]  # of the output, unweighted: `style relu1_1`, `content relu4_2`, `tv`
    device: str
    precision: str  # of the convolutions: float32 or bfloat16
    weights: str  # pretrained, builtin, or the file's name
    strength: float
    style_scale: float
    colors: str
    masked: bool  # at least one style was held to a region
    init: str  # where the run began: content, noise, or start (a picture given)
    seed: int
    stopped: bool  # the caller ended the run early
    notes: tuple[str, ...]  # what a reader should know: layers that the weights lack, the best iterate, ...

    def to_dict(self) -> dict[str, Any]:
        """The report as plain values that JSON can hold."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Result:
    """A painted picture and the report of the run."""

    image: Image.Image  # mode RGB
    report: Report
