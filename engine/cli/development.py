"""The commands for developers of the engine: they measure it, and learn its weights."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from engine.console import load_model, progress_bar
from engine.options import SIZES

app = typer.Typer()


@app.command(epilog="Example:\n\n    vitrage-engine learn -o engine/data/vgg19_builtin.safetensors")
def learn(
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to save the weights.")],
    seed: Annotated[int, typer.Option(help="Same seed, same weights.")] = 0,
) -> None:
    """Learn the builtin weights anew, without labels, from free pictures."""
    from engine.training.learn import learn as learn_filters
    from engine.training.learn import write

    with progress_bar() as bar:
        task = bar.add_task("learning", total=1.0)
        state = learn_filters(seed, lambda share: bar.update(task, completed=share))
    write(state, output)


@app.command(
    epilog="Examples:\n\n    vitrage-engine bench --weights builtin\n\n"
    "    vitrage-engine bench --weights untrained --largest 4096 --json bench.json"
)
def bench(
    *,
    weights: Annotated[
        str, typer.Option(help="auto, pretrained, builtin, a file, or untrained: full, random.")
    ] = "auto",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1.")] = "auto",
    rounds: Annotated[int, typer.Option(min=1, help="Evaluations of which the median is taken.")] = 5,
    edge: Annotated[int, typer.Option(min=SIZES[0], max=SIZES[-1], help="Longest edge of a picture.")] = 512,
    largest: Annotated[int, typer.Option(max=SIZES[-1], help="Longest edge where sizes are compared.")] = 2048,
    results: Annotated[Path | None, typer.Option("--json", help="Save the figures as JSON.")] = None,
) -> None:
    """Measure the engine on this machine: beside a reference implementation, presets, memory, sizes."""
    from engine.bench import bench as benchmark
    from engine.model import Model, resolve_device

    with progress_bar() as bar:
        untrained = weights == "untrained"
        model = Model(benchmark.untrained(), resolve_device(device)) if untrained else load_model(bar, weights, device)
    rows = {}
    for name, figures in benchmark.run(model, rounds=rounds, edge=edge, largest=largest):
        rows[name] = figures
        typer.echo(name)  # at once: all of it takes minutes, and who stops it has what has been measured
        for figure, value in figures.items():
            typer.echo(f"  {figure:32} {'–' if value is None else value}")
        if results:
            results.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
