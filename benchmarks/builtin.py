"""How much of a style two weights files carry over, seen by real VGG19 features: the builtin weights' measure.

    python -m benchmarks.builtin OLD.safetensors NEW.safetensors --contents DIR --styles DIR --scorer score.py

Every content is painted in every style with each file, and scored by features that neither painter has seen.
`scorer` is a Python file with `load(path, size)`, `features(picture, weights)`, `gram(features)`, and has a weights
file of its own (torchvision's keys). `style`: 0 the style's statistics, 1 the content's. `content`: 0 untouched,
about 2 unrelated. `grain`: 1 as the style's own. A file that merely has a stronger content loss moves along the curve
from style to content: compare at several `--strengths`, at equal content.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any

import torch
from PIL import Image
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional

import engine

LUMINANCE = torch.tensor([0.299, 0.587, 0.114]).view(3, 1, 1)


@dataclass(frozen=True)
class Score:
    """What the real features say of one picture.

    Attributes:
        style: Geometric mean over the layers of |G(out) - G(style)|² / |G(content) - G(style)|².
        content: Mean squared difference of channel-normalised features at conv3_3.
        grain: Deviation of the Laplacian over that of the style.
        residuals: The style's part at each layer.
    """

    style: float
    content: float
    grain: float
    residuals: dict[str, float]


class Scorer:
    """Features of a file of the caller's, and the references' once for all pictures.

    Args:
        tool: The Python file.
        weights: Its weights.
        size: Longest edge at which pictures are compared, in pixels.
    """

    def __init__(self, tool: Path, weights: Path, size: int) -> None:
        spec = importlib.util.spec_from_file_location("scorer", tool)
        if spec is None or spec.loader is None:
            raise SystemExit(f"{tool} is no Python file")
        self._tool: Any = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(self._tool)
        self._weights = load_file(weights)
        self._size = size
        self._held: dict[Path, tuple[Tensor, dict[str, Tensor]]] = {}

    def __call__(self, content: Path, style: Path, output: Path) -> Score:
        """Score the picture in a file."""
        (_, of_content), (style_picture, of_style) = self._reference(content), self._reference(style)
        picture, of_output = self._see(output)
        gram = self._tool.gram
        residuals = {
            layer: _distance(gram(of_output[layer]), gram(of_style[layer]))
            / _distance(gram(of_content[layer]), gram(of_style[layer]))
            for layer in of_style
        }
        return Score(
            style=geometric_mean(list(residuals.values())),
            content=_distance(_standard(of_output["conv3_3"]), _standard(of_content["conv3_3"])),
            grain=_grain(picture) / _grain(style_picture),
            residuals=residuals,
        )

    def _reference(self, path: Path) -> tuple[Tensor, dict[str, Tensor]]:
        if path not in self._held:
            self._held[path] = self._see(path)
        return self._held[path]

    def _see(self, path: Path) -> tuple[Tensor, dict[str, Tensor]]:
        _, picture = self._tool.load(path, self._size)
        return picture, self._tool.features(picture, self._weights)


def geometric_mean(values: Sequence[float]) -> float:
    """The root of the product; values from 1e-9."""
    return math.exp(sum(math.log(max(value, 1e-9)) for value in values) / len(values))


def _distance(first: Tensor, second: Tensor) -> float:
    return float(functional.mse_loss(first, second))


def _standard(features: Tensor) -> Tensor:
    deviation, mean = torch.std_mean(features, (2, 3), keepdim=True)
    return (features - mean) / deviation.clamp_min(1e-6)


def _grain(picture: Tensor) -> float:
    grey = (picture[0] * LUMINANCE).sum(0)
    laplacian = 4 * grey[1:-1, 1:-1] - grey[:-2, 1:-1] - grey[2:, 1:-1] - grey[1:-1, :-2] - grey[1:-1, 2:]
    return float(laplacian.std())


def paint_all(
    files: Sequence[Path], pairs: Sequence[tuple[Path, Path]], choices: Sequence[engine.Options], folder: Path
) -> Iterator[tuple[Path, tuple[Path, Path], engine.Options, Path]]:
    """Paint each pair with each file and choice, saved as PNG; pairs outermost, so that a run may be cut short."""
    models = {file: engine.load_model(file, "cpu") for file in files}
    for (content, style), options, file in product(pairs, choices, files):
        output = folder / f"{content.stem}-{style.stem}-{options.strength:g}-{file.stem}.png"
        engine.stylize(content, [style], options, model=models[file]).image.save(output)
        yield file, (content, style), options, output


def sheet(rows: Sequence[Sequence[Path]], edge: int) -> Image.Image:
    """Pictures in a grid, each fitted into a square, to look at."""
    canvas = Image.new("RGB", (edge * max(map(len, rows)), edge * len(rows)))
    for (top, row), left in ((line, left) for line in enumerate(rows) for left in range(len(line[1]))):
        picture = Image.open(row[left]).convert("RGB")
        picture.thumbnail((edge, edge))
        canvas.paste(picture, (left * edge, top * edge))
    return canvas


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, help="weights files, the one to compare with first")
    parser.add_argument("--contents", type=Path, required=True, help="folder of content pictures")
    parser.add_argument("--styles", type=Path, required=True, help="folder of style pictures")
    parser.add_argument("--scorer", type=Path, required=True, help="the scoring tool")
    parser.add_argument("--scorer-weights", type=Path, required=True, help="its VGG19 weights")
    parser.add_argument("--pairs", nargs="*", default=[], help="content/style, as in tubingen/scream_1893; none: all")
    parser.add_argument("--preset", default="sketch")
    parser.add_argument("--size", type=int, help="longest edge to paint; none: the preset's")
    parser.add_argument("--score-size", type=int, default=384, help="longest edge to score")
    parser.add_argument("--strengths", nargs="*", type=float, default=[50.0])
    parser.add_argument("--output", type=Path, required=True, help="folder for pictures, sheet.jpg and scores.jsonl")
    return parser.parse_args()


def _pairs(arguments: argparse.Namespace) -> list[tuple[Path, Path]]:
    every = list(product(*(sorted(folder.iterdir()) for folder in (arguments.contents, arguments.styles))))
    wanted = set(arguments.pairs)
    return [pair for pair in every if not wanted or "/".join(path.stem for path in pair) in wanted]


def _summary(scores: dict[tuple[Path, float], list[Score]]) -> str:
    lines = [f"{'weights':40} {'strength':>8} {'style':>8} {'content':>8} {'grain':>8}"]
    for (file, strength), held in scores.items():
        means = [geometric_mean([getattr(score, name) for score in held]) for name in ("style", "content", "grain")]
        lines.append(f"{file.name:40} {strength:8g} " + " ".join(f"{mean:8.4f}" for mean in means))
    return "\n".join(lines) + "\n"


def main() -> None:
    """Paint, score, print, and save a sheet of the pictures."""
    arguments = _arguments()
    arguments.output.mkdir(parents=True, exist_ok=True)
    pairs = _pairs(arguments)
    choices = [
        engine.preset(arguments.preset, size=arguments.size, strength=strength) for strength in arguments.strengths
    ]
    scorer = Scorer(arguments.scorer, arguments.scorer_weights, arguments.score_size)
    scores: dict[tuple[Path, float], list[Score]] = {}
    rows: dict[tuple[Path, Path], list[Path]] = {pair: [*pair] for pair in pairs}
    with (arguments.output / "scores.jsonl").open("w") as lines:
        for file, pair, options, output in paint_all(arguments.files, pairs, choices, arguments.output):
            score = scorer(*pair, output)
            scores.setdefault((file, options.strength), []).append(score)
            rows[pair].append(output)
            name = "/".join(path.stem for path in pair)
            figures = f"{score.style:8.4f} {score.content:7.3f} {score.grain:6.2f}"
            sys.stdout.write(f"{name:36} {file.name:32} {options.strength:4g} {figures}\n")
            sys.stdout.flush()
            line = {"pair": name, "file": file.name, "strength": options.strength, **vars(score)}
            lines.write(json.dumps(line) + "\n")
    sys.stdout.write(_summary(scores))
    sheet(list(rows.values()), 256).save(arguments.output / "sheet.jpg", quality=90)


if __name__ == "__main__":
    main()
