"""The commands that paint, and that show how."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from engine.console import check_folder, load_model, progress_bar
from engine.errors import EngineError
from engine.options import HYPERPARAMETERS, Options, preset

if TYPE_CHECKING:
    from engine.images.timelapse import Recorder
    from engine.progress import Progress
    from engine.report import Result
    from engine.request import Request

app = typer.Typer()

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


def _check_output(path: Path) -> None:
    """Check that the output can be saved, before minutes are spent on painting it."""
    from PIL import Image

    if path.suffix.lower() not in Image.registered_extensions():
        raise EngineError(f"The output {path.name} needs a picture's suffix such as .png or .jpg.")
    check_folder(path)


def _recorder(timelapse: Path | None) -> Recorder | None:
    """The recorder of a timelapse, if one is to be saved; its path is checked first."""
    from engine.images.timelapse import Recorder, checked_path

    if timelapse is None:
        return None
    check_folder(checked_path(timelapse))
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

    with progress_bar() as bar:
        model = load_model(bar, weights, device)
        task = bar.add_task("painting", total=1.0)

        def on_progress(progress: Progress) -> None:
            bar.update(task, completed=progress.fraction)
            if recorder:
                recorder(progress)

        return engine.stylize_batch([replace(request, on_progress=on_progress)], model=model)[0]
