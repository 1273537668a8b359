"""Curves of score against seconds: which configuration makes the best picture in which time.

    python -m benchmarks.curves run sketch standard paper-whole --data DIR --weights FILE --out results.jsonl
    python -m benchmarks.curves run standard:strength=75 "standard:iterations=(60,60,60),tv_weight=0.1" ...
    python -m benchmarks.curves table results.jsonl
    python -m benchmarks.curves plot results.jsonl -o curves.png

DIR holds pictures in `content` and `style`, FILE the convolutions of a real VGG19. Each configuration paints each
pair; pictures taken on the way are scored after the run (`benchmarks.scoring`), and the time that taking them needs
does not count. What a file of results has already is not run again: after a change of the engine begin a new one.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from PIL import Image

import engine
from benchmarks import curves_results
from benchmarks.curves_configs import read_config
from benchmarks.curves_run import choose_pairs, name_of, paint
from benchmarks.scoring import read_metric

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Compare configurations by the scores of their pictures over the seconds that they take.",
)

Configs = Annotated[list[str], typer.Argument(metavar="CONFIG...", help="PRESET[:FIELD=VALUE,...]")]
Data = Annotated[Path, typer.Option(help="A folder with pictures in `content` and `style`.")]
Pairs = Annotated[str, typer.Option(help="How many pairs, or CONTENT/STYLE,... by the files' names.")]
Metric = Annotated[Path | None, typer.Option(help="VGG19 to score with.", show_default="the weights")]
Results = Annotated[Path, typer.Argument(help="What `run` has written.")]
Only = Annotated[list[str] | None, typer.Option("--config", "-c", help="This configuration only; can be repeated.")]


@app.command()
def run(
    configs: Configs,
    *,
    data: Data,
    pairs: Pairs = "20",
    size: Annotated[int, typer.Option(help="Longest edge in pixels.")] = 512,
    weights: Annotated[str, typer.Option(help="What to paint with: a file, builtin, pretrained.")] = "builtin",
    metric: Metric = None,
    score_size: Annotated[int, typer.Option(help="Longest edge at which pictures are compared.")] = 384,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda.")] = "auto",
    looks: Annotated[bool, typer.Option(help="Score pictures on the way too, not the outputs alone.")] = True,
    out: Annotated[Path, typer.Option(help="Where the results are added.")] = Path("results.jsonl"),
) -> None:
    """Paint the pairs by each configuration and score what comes about."""
    chosen, asked = [read_config(name, size) for name in configs], choose_pairs(data, pairs)
    network = read_metric(metric or Path(weights))
    model = engine.load_model(weights, device)
    done = {curves_results.key(record) for record in curves_results.read(out)} if out.exists() else set()
    grey = Image.new("RGB", (96, 64))  # what is done once in a process is done before the clock runs
    engine.stylize(grey, [grey], engine.Options(size=size, iterations=4), model=model)
    for pair in asked:
        for config in chosen:
            case = {"config": config.name, "pair": name_of(pair), "size": size}
            case |= {"weights": model.weights, "device": model.device}
            if curves_results.key(case) in done:
                continue
            case |= {"sweep": config.sweep, "strength": config.options.strength}
            records = [case | moment for moment in paint(config, pair, model, network, score_size, looks=looks)]
            with out.open("a", encoding="utf-8") as file:
                file.writelines(json.dumps(record) + "\n" for record in records)
            scores = "{seconds:7.2f} s  style {style:.4f}  content {content:.3f}  grain {grain:.2f}"
            typer.echo(f"{scores.format(**records[-1])}  {config.name}  {name_of(pair)}")


@app.command()
def table(results: Results, only: Only = None) -> None:
    """Print the scores of the outputs, means over the pairs, in Markdown."""
    typer.echo(curves_results.table(curves_results.compare(curves_results.read(results), only)))


@app.command()
def plot(
    results: Results,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to save the plot.")] = Path("curves.png"),
    only: Only = None,
) -> None:
    """Draw style and content against seconds, and one against the other."""
    from benchmarks.curves_plot import draw

    draw(curves_results.compare(curves_results.read(results), only)).savefig(output)


if __name__ == "__main__":
    try:
        app()
    except (engine.EngineError, ValueError) as error:
        sys.exit(str(error))
