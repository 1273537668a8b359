"""The command line program `vitrage-engine`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar
from rich.table import Table

from engine import environment
from engine.errors import EngineError
from engine.options import HYPERPARAMETERS, SIZES, Options, preset

if TYPE_CHECKING:
    from engine.images.timelapse import Recorder
    from engine.model import Model
    from engine.progress import Progress
    from engine.report import Result
    from engine.request import Request

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="Paint a picture like another one (VGG19 style transfer).",
)

_INTERRUPTED = 130  # exit code of a program that SIGINT ended: 128 + 2

_NO_MASK = Path("none")  # value of --mask for a style that is painted everywhere

_DEFAULTS = Options()  # defaults are declared there only

Size = Annotated[int | None, typer.Option(help="Longest edge in pixels.", show_default="the preset's")]
Masks = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE",
        help="White where a style is painted, black where not; once for each STYLE, in their order; none: everywhere.",
    ),
]
Start = Annotated[Path | None, typer.Option(help="Go on from this picture, such as an earlier output.")]
TimelapseFile = Annotated[Path | None, typer.Option(help="Save how the picture came about, as .gif, .webp or .mp4.")]
StyleScale = Annotated[float, typer.Option(help="Size of the strokes: 0.25 finer .. 1 .. 4 larger.")]


@app.command(
    epilog="Examples:\n\n"
    "    vitrage-engine stylize cat.jpg glass.jpg -o painted.png\n\n"
    "    vitrage-engine stylize cat.jpg wave.jpg night.jpg -o both.png --preset fine --strength 90\n\n"
    "    vitrage-engine stylize cat.jpg glass.jpg -o mine.png --colors content --report mine.json\n\n"
    "    vitrage-engine stylize cat.jpg wave.jpg night.jpg -o parts.png --mask sea.png --mask none\n\n"
    "    vitrage-engine stylize cat.jpg glass.jpg -o larger.png --start painted.png --size 1024 --timelapse how.gif"
)
def stylize(
    content: Annotated[Path, typer.Argument(help="The picture to paint.")],
    styles: Annotated[list[Path], typer.Argument(metavar="STYLE...", help="One or more pictures to paint it like.")],
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to save it; the suffix says the format.")],
    preset_name: Annotated[
        str, typer.Option("--preset", help=f"One of {', '.join(HYPERPARAMETERS)}.")
    ] = _DEFAULTS.preset,
    size: Size = None,
    upscale: Annotated[int, typer.Option(help="2 or 4: so many times larger, by short passes.")] = _DEFAULTS.upscale,
    strength: Annotated[float, typer.Option(help="0 the content .. 100 style above all.")] = _DEFAULTS.strength,
    style_scale: StyleScale = _DEFAULTS.style_scale,
    init: Annotated[str, typer.Option(help="Begin with: content or noise.")] = _DEFAULTS.init,
    mask: Masks = None,
    start: Start = None,
    colors: Annotated[str, typer.Option(help="Whose colours: style, content or match.")] = _DEFAULTS.colors,
    seed: Annotated[int, typer.Option(help="Same seed, same picture.")] = _DEFAULTS.seed,
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1, mps.")] = "auto",
    weights: Annotated[str, typer.Option(help="auto, pretrained, builtin, or a file.")] = "auto",
    timelapse: TimelapseFile = None,
    report: Annotated[Path | None, typer.Option(help="Save what was done as JSON.")] = None,
) -> None:
    """Paint CONTENT like each STYLE."""
    options = preset(
        preset_name,
        size=size,
        upscale=upscale,
        strength=strength,
        style_scale=style_scale,
        init=init,
        colors=colors,
        seed=seed,
    )
    _check_output(output)
    recorder = _recorder(timelapse)
    request = _read_request(content, styles, options, masks=mask, start=start)
    result = _paint(request, weights, device, recorder)
    result.image.save(output)
    if timelapse and recorder:
        recorder.save(timelapse, result.image)
    if report:
        report.write_text(json.dumps(result.report.to_dict(), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


@app.command(epilog="Example:\n\n    vitrage-engine presets")
def presets() -> None:
    """Show the presets."""
    table = Table("preset", "size", "iterations", "optimiser", "for")
    for name, hyperparameters in HYPERPARAMETERS.items():
        iterations = " + ".join(map(str, hyperparameters.iterations))
        size, optimizer = f"{hyperparameters.size} px", hyperparameters.optimizer
        table.add_row(name, size, iterations, optimizer, hyperparameters.purpose)
    Console().print(table)


@app.command(epilog="Example:\n\n    vitrage-engine learn -o engine/data/vgg19_builtin.safetensors")
def learn(
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to save the weights.")],
    seed: Annotated[int, typer.Option(help="Same seed, same weights.")] = 0,
) -> None:
    """Learn the builtin weights anew, without labels, from free pictures."""
    from engine.training.learn import learn as learn_filters
    from engine.training.learn import write

    with _bar() as bar:
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

    with _bar() as bar:
        untrained = weights == "untrained"
        model = Model(benchmark.untrained(), resolve_device(device)) if untrained else _load(bar, weights, device)
        task = bar.add_task("measuring", total=None)
        rows = []
        for name, figures in benchmark.run(model, rounds=rounds, edge=edge, largest=largest):
            rows.append((name, figures))
            bar.update(task, description=f"measured: {name}")
    table = Table("what", "figure", "value")
    for name, figures in rows:
        for number, (figure, value) in enumerate(figures.items()):
            table.add_row("" if number else name, figure, "–" if value is None else str(value))
    Console().print(table)
    if results:
        results.write_text(json.dumps(dict(rows), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def main() -> None:
    """Run the command line. Exit code 0 means success; an error is one line on stderr."""
    environment.prepare()
    try:
        code = app(standalone_mode=False)
    except EngineError as error:
        _end(str(error), 1)
    except OSError as error:
        _end(f"{error.filename or 'A file'}: {error.strerror or error}.", 1)
    except (KeyboardInterrupt, typer.Abort):
        _end("Interrupted; nothing was saved.", _INTERRUPTED)
    except Exception as error:
        if hasattr(error, "format_message"):  # Typer's errors about the command line
            _end(f"{error.format_message()} (see --help)", 2)
        raise
    if code == _INTERRUPTED:  # Typer turns Ctrl-C into this code
        _end("Interrupted; nothing was saved.", _INTERRUPTED)
    sys.exit(code if isinstance(code, int) else 0)


def _end(message: str, code: int) -> None:
    print(" ".join(message.split()), file=sys.stderr)  # noqa: T201  a command line program reports its errors on stderr
    sys.exit(code)


def _check_output(path: Path) -> None:
    """Check that the output can be saved, before minutes are spent on painting it."""
    from PIL import Image

    if path.suffix.lower() not in Image.registered_extensions():
        raise EngineError(f"The output {path.name} needs a picture's suffix such as .png or .jpg.")
    _check_folder(path)


def _check_folder(path: Path) -> None:
    if not path.parent.is_dir():
        raise EngineError(f"There is no folder {path.parent} to save {path.name} in; make it first.")


@contextmanager
def _bar() -> Iterator[ProgressBar]:
    """Show a progress bar on stderr, if it is a terminal."""
    console = Console(stderr=True)
    columns: list[Any] = [TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn()]
    with ProgressBar(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        yield bar


def _recorder(timelapse: Path | None) -> Recorder | None:
    """The recorder of a timelapse, if one is to be saved; its path is checked first."""
    from engine.images.timelapse import Recorder, checked_path

    if timelapse is None:
        return None
    _check_folder(checked_path(timelapse))
    return Recorder()


def _read_request(
    content: Path, styles: list[Path], options: Options, *, masks: list[Path] | None, start: Path | None
) -> Request:
    """Read all pictures, before minutes are spent on loading the model."""
    from engine import Request, load_image

    return Request(
        load_image(content),
        [load_image(path) for path in styles],
        options,
        masks=[None if path == _NO_MASK else load_image(path) for path in masks] if masks else None,
        start=load_image(start) if start else None,
    )


def _paint(request: Request, weights: str, device: str, recorder: Recorder | None) -> Result:
    """Paint with a progress bar, and record the timelapse."""
    import engine

    with _bar() as bar:
        model = _load(bar, weights, device)
        task = bar.add_task("painting", total=1.0)

        def on_progress(progress: Progress) -> None:
            bar.update(task, completed=progress.fraction)
            if recorder:
                recorder(progress)

        return engine.stylize_batch([replace(request, on_progress=on_progress)], model=model)[0]


def _load(bar: ProgressBar, weights: str, device: str) -> Model:
    """Load the model, with a progress bar for the download of its weights."""
    import engine

    task = bar.add_task("downloading the weights", total=None, visible=False)
    model = engine.load_model(
        weights,
        device,
        on_download=lambda done, total: bar.update(task, completed=done, total=total, visible=True),
    )
    bar.remove_task(task)
    return model


if __name__ == "__main__":
    main()
