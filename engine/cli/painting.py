"""The commands that paint, and that show how."""

from __future__ import annotations

import json
from dataclasses import fields, replace
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

_CHOSEN = {field.name for field in fields(Options)} - {"preset", "style_weights", "iterations", "custom"}

Content = Annotated[Path, typer.Argument(help="The picture to paint.")]
Styles = Annotated[list[Path], typer.Argument(metavar="STYLE...", help="One or more pictures to paint it like.")]
Output = Annotated[Path, typer.Option("--output", "-o", help="Where to save it; the suffix says the format.")]
Preset = Annotated[str, typer.Option("--preset", help=f"One of {', '.join(HYPERPARAMETERS)}.")]
Size = Annotated[int | None, typer.Option(help="Longest edge in pixels.", show_default="the preset's")]
Upscale = Annotated[int, typer.Option(help="2 or 4: so many times larger.")]
Enlarge = Annotated[
    str, typer.Option(help="How --upscale works: strokes (short passes), or, afterwards, lanczos or back-projection.")
]
Strength = Annotated[float, typer.Option(help="0 the content .. 100 style above all.")]
StyleScale = Annotated[float, typer.Option(help="Size of the strokes: 0.25 finer .. 1 .. 4 larger.")]
Init = Annotated[str, typer.Option(help="Begin with: content or noise.")]
Masks = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE",
        help="White where a style is painted, black where not; once for each STYLE, in their order; none: everywhere.",
    ),
]
Start = Annotated[Path | None, typer.Option(help="Go on from this picture, such as an earlier output.")]
Colors = Annotated[str, typer.Option(help="Whose colours: style, content or match.")]
Collage = Annotated[
    list[Path] | None, typer.Option(metavar="FILE", help="A picture beside CONTENT in what is painted; repeatable.")
]
Rotate = Annotated[float, typer.Option(help="Degrees counterclockwise; empty corners are cropped.")]
Mirror = Annotated[bool, typer.Option("--mirror", help="Left becomes right.")]
Crop = Annotated[
    str | None, typer.Option(help="To an aspect ratio such as 4:5, or thirds: the subject off the middle.")
]
Extend = Annotated[str | None, typer.Option(help="The canvas to an aspect ratio, by parts that mirror the picture.")]
DenoiseContent = Annotated[str | None, typer.Option(help="Remove noise before painting: nlm, tv or wavelet.")]
DenoiseOutput = Annotated[str | None, typer.Option(help="Remove noise after painting: nlm, tv or wavelet.")]
Seed = Annotated[int, typer.Option(help="Same seed, same picture.")]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1, mps.")]
Weights = Annotated[str, typer.Option(help="auto, pretrained, builtin, or a file.")]
TimelapseFile = Annotated[Path | None, typer.Option(help="Save how the picture came about, as .gif, .webp or .mp4.")]
Report = Annotated[Path | None, typer.Option(help="Save what was done as JSON.")]


@app.command(
    epilog="Examples:\n\n"
    "    vitrage-engine stylize cat.jpg glass.jpg -o painted.png\n\n"
    "    vitrage-engine stylize cat.jpg wave.jpg night.jpg -o both.png --preset fine --strength 90\n\n"
    "    vitrage-engine stylize cat.jpg glass.jpg -o mine.png --colors content --report mine.json\n\n"
    "    vitrage-engine stylize cat.jpg wave.jpg night.jpg -o parts.png --mask sea.png --mask none\n\n"
    "    vitrage-engine stylize cat.jpg glass.jpg -o post.png --crop thirds --denoise-content nlm --upscale 2\n\n"
    "    vitrage-engine stylize cat.jpg glass.jpg -o larger.png --start painted.png --size 1024 --timelapse how.gif"
)
def stylize(
    content: Content,
    styles: Styles,
    *,
    output: Output,
    preset_name: Preset = _DEFAULTS.preset,
    size: Size = None,
    upscale: Upscale = _DEFAULTS.upscale,
    enlarge: Enlarge = _DEFAULTS.enlarge,
    strength: Strength = _DEFAULTS.strength,
    style_scale: StyleScale = _DEFAULTS.style_scale,
    init: Init = _DEFAULTS.init,
    mask: Masks = None,
    start: Start = None,
    colors: Colors = _DEFAULTS.colors,
    collage: Collage = None,
    rotate: Rotate = _DEFAULTS.rotate,
    mirror: Mirror = _DEFAULTS.mirror,
    crop: Crop = None,
    extend: Extend = None,
    denoise_content: DenoiseContent = None,
    denoise_output: DenoiseOutput = None,
    seed: Seed = _DEFAULTS.seed,
    device: Device = "auto",
    weights: Weights = "auto",
    timelapse: TimelapseFile = None,
    report: Report = None,
) -> None:
    """Paint CONTENT like each STYLE."""
    given = locals()  # the options of the same names
    options = preset(preset_name, **{name: given[name] for name in _CHOSEN})
    _check_output(output)
    recorder = _recorder(timelapse)
    request = _read_request([content, *(collage or [])], styles, options, masks=mask, start=start)
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
    contents: list[Path], styles: list[Path], options: Options, *, masks: list[Path] | None, start: Path | None
) -> Request:
    """Read all pictures, before minutes are spent on loading the model; several contents become a collage."""
    from engine import Request, load_image
    from engine.combine.composition import collage

    return Request(
        collage([load_image(path) for path in contents]),
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
