"""How much of a style two weights files carry over, seen by real VGG19 features: the builtin weights' measure.

    python -m benchmarks.builtin OLD.safetensors NEW.safetensors --contents DIR --styles DIR --metric VGG19 --output DIR

Every content is painted in every style with each file, and scored by `benchmarks.scoring`. A file that merely has a
stronger content loss moves along the curve from style to content: compare at several `--strengths`, at equal content.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import product
from pathlib import Path

from PIL import Image

import engine
from benchmarks.scoring import Judge, Score, read_metric

Pair = tuple[Path, Path]
"""A content picture and a style picture."""

Outcome = tuple[Path, Pair, float, Path, Score]
"""Weights, pictures, strength, where the painted picture lies, its scores."""


def paint(arguments: argparse.Namespace, pairs: Sequence[Pair]) -> Iterator[Outcome]:
    """Paint and score each pair with each strength and file; pairs outermost, so that a run may be cut short."""
    models = {file: engine.load_model(file, "cpu") for file in arguments.files}
    metric = read_metric(arguments.metric)
    for pair in pairs:
        content, style = (Image.open(path).convert("RGB") for path in pair)
        judge = Judge(content, style, metric, arguments.score_size)
        for strength, file in product(arguments.strengths, arguments.files):
            options = engine.preset(arguments.preset, size=arguments.size, strength=strength)
            image = engine.stylize(content, [style], options, model=models[file]).image
            path = arguments.output / f"{_name(pair, '-')}-{strength:g}-{file.stem}.png"
            image.save(path)
            yield file, pair, strength, path, judge.score(image)


def geometric_mean(values: Sequence[float]) -> float:
    """The root of the product; values above 0."""
    return math.exp(sum(map(math.log, values)) / len(values))


def summary(outcomes: Sequence[Outcome]) -> str:
    """Geometric means over the pairs, a line for each file and strength."""
    lines = [f"{'weights':32} {'strength':>8} {'style':>8} {'content':>8} {'grain':>8}"]
    for file, strength in dict.fromkeys((file, strength) for file, _, strength, _, _ in outcomes):
        scores = [score for other, _, force, _, score in outcomes if (other, force) == (file, strength)]
        means = (geometric_mean([getattr(score, name) for score in scores]) for name in ("style", "content", "grain"))
        lines.append(f"{file.name:32} {strength:8g} " + " ".join(f"{mean:8.4f}" for mean in means))
    return "\n".join(lines) + "\n"


def sheet(outcomes: Sequence[Outcome], edge: int = 256) -> Image.Image:
    """A row for each pair, to look at: content, style, and what was painted."""
    rows: dict[Pair, list[Path]] = {}
    for _, pair, _, path, _ in outcomes:
        rows.setdefault(pair, [*pair]).append(path)
    canvas = Image.new("RGB", (edge * max(map(len, rows.values())), edge * len(rows)))
    for top, row in enumerate(rows.values()):
        for left, path in enumerate(row):
            picture = Image.open(path).convert("RGB")
            picture.thumbnail((edge, edge))
            canvas.paste(picture, (left * edge, top * edge))
    return canvas


def main() -> None:
    """Paint, score, print, and save a sheet of the pictures."""
    arguments = _arguments()
    arguments.output.mkdir(parents=True, exist_ok=True)
    outcomes: list[Outcome] = []
    with (arguments.output / "scores.jsonl").open("w") as lines:
        for outcome in paint(arguments, _pairs(arguments)):
            outcomes.append(outcome)
            file, pair, strength, _, score = outcome
            line = {"pair": _name(pair, "/"), "file": file.name, "strength": strength, **asdict(score)}
            lines.write(json.dumps(line) + "\n")
            figures = f"{score.style:8.4f} {score.content:7.3f} {score.grain:6.2f}"
            sys.stdout.write(f"{_name(pair, '/'):36} {file.name:32} {strength:4g} {figures}\n")
            sys.stdout.flush()
    sys.stdout.write(summary(outcomes))
    sheet(outcomes).save(arguments.output / "sheet.png")


def _name(pair: Pair, separator: str) -> str:
    return separator.join(path.stem for path in pair)


def _pairs(arguments: argparse.Namespace) -> list[Pair]:
    every = product(sorted(arguments.contents.iterdir()), sorted(arguments.styles.iterdir()))
    return [pair for pair in every if not arguments.pairs or _name(pair, "/") in arguments.pairs]


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, help="weights files, the one to compare with first")
    parser.add_argument("--contents", type=Path, required=True, help="folder of content pictures")
    parser.add_argument("--styles", type=Path, required=True, help="folder of style pictures")
    parser.add_argument("--metric", type=Path, required=True, help="weights of a real VGG19, to conv3_4 at least")
    parser.add_argument("--pairs", nargs="*", default=[], help="content/style, as in tubingen/scream; none: all")
    parser.add_argument("--preset", default="sketch", help="preset to paint with")
    parser.add_argument("--size", type=int, help="longest edge to paint; none: the preset's")
    parser.add_argument("--score-size", type=int, default=384, help="longest edge to score")
    parser.add_argument("--strengths", nargs="*", type=float, default=[80.0], help="strengths to paint with, 0 to 100")
    parser.add_argument("--output", type=Path, required=True, help="folder for pictures, sheet.png and scores.jsonl")
    return parser.parse_args()


if __name__ == "__main__":
    main()
