"""The commands of the study."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from rich.text import Text
from typer.core import TyperGroup

from engine.console import check_folder, load_model, progress_bar
from engine.options import SIZES
from engine.study.vote.command import vote

SOME_FAILED = 3
"""Exit code of a study in which a picture could not be read or painted."""

INTERRUPTED = 130  # exit code of a program that SIGINT ended: 128 + 2


class _StudyGroup(TyperGroup):
    """`study` itself runs a study, unless the next word names another of its commands."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, args if args and args[0] in self.commands else ["run", *args])


app = typer.Typer()
_study = typer.Typer(cls=_StudyGroup, help="Compare methods of style transfer with numbers; `study vote` asks people.")
_study.command()(vote)
app.add_typer(_study, name="study")

Pictures = Annotated[
    Path | None,
    typer.Argument(
        metavar="FOLDER_OR_ARCHIVE",
        help="Contents and styles, in folders of these names or named so; zip and tar are read without unpacking. "
        "None: photographs and drawn styles that ship with the program.",
    ),
]
Output = Annotated[
    Path, typer.Option("--output", "-o", metavar="DIR", help="Where to keep the study; it can go on there.")
]
ProfileName = Annotated[Literal["quick", "full"], typer.Option(help="quick: minutes; full: hours.")]
Language = Annotated[Literal["en", "ru"], typer.Option(help="Of the report.")]
Size = Annotated[
    int | None,
    typer.Option(min=SIZES[0], max=SIZES[-1], help="Longest edge in pixels.", show_default="the profile's"),
]
Pairs = Annotated[
    int | None,
    typer.Option(
        min=1,
        help="Compare so many pairs, with contents and styles equally often. More may follow in the same folder.",
        show_default="all",
    ),
]
Methods = Annotated[str, typer.Option(help="Names with commas between them.", show_default="the profile's")]
Contents = Annotated[
    list[str] | None, typer.Option("--content", metavar="PATTERN", help="Which files are contents: 'cats/*'.")
]
Styles = Annotated[list[str] | None, typer.Option("--style", metavar="PATTERN", help="Which files are styles.")]
Weights = Annotated[str, typer.Option(help="Of the network that paints: auto, pretrained, builtin, or a file.")]
Other = Annotated[
    str,
    typer.Option(help="Of a network that only measures: a file; auto: builtin, unless it paints.", metavar="WEIGHTS"),
]


@_study.command(
    hidden=True,
    epilog="Examples:\n\n    vitrage-engine study -o report --profile quick\n\n"
    "    vitrage-engine study cats.zip -o report --content 'cats/*' --style 'glass/*' --language ru\n\n"
    "    vitrage-engine study vote report\n\n"
    "Exit code: 0 all went well, 1 nothing could be done, 3 something could not be read or painted.",
)
def run(
    pictures: Pictures = None,
    *,
    output: Output,
    profile: ProfileName = "quick",
    language: Language = "en",
    size: Size = None,
    pairs: Pairs = None,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same numbers.")] = 0,
    methods: Methods = "",
    content: Contents = None,
    style: Styles = None,
    weights: Weights = "auto",
    other: Other = "auto",
    device: Annotated[str, typer.Option(help="auto, cpu, cuda, cuda:1, mps.")] = "auto",
) -> None:
    """Paint all pairs of pictures by all methods, measure the outputs, and write a report with an answer."""
    from engine.study.networks import find_networks
    from engine.study.plan import PROFILES
    from engine.study.report import write
    from engine.study.run import Study
    from engine.study.run import run as run_study

    check_folder(output)
    with progress_bar(time_left=False) as bar:
        study = Study(
            source=pictures,
            profile=replace(PROFILES[profile], size=size or PROFILES[profile].size, pairs=pairs),
            profile_name=profile,
            seed=seed,
            methods=tuple(filter(None, (name.strip() for name in methods.split(",")))),
            patterns={"content": content or [], "style": style or []},
            networks=find_networks(weights, other, lambda name: load_model(bar, name, device)),
        )
        shown = _Shown(bar)
        try:
            outcome = run_study(study, output, shown)
        except KeyboardInterrupt:
            bar.stop()
            bar.console.print(Text(f"Interrupted; {shown.done} pictures are kept, and the same command goes on."))
            raise SystemExit(INTERRUPTED) from None
    page = write(outcome.results, output, language)
    Console().print(Text(f"The report: {page}"), soft_wrap=True)
    if outcome.lacking:
        raise typer.Exit(SOME_FAILED)


class _Shown:
    """Shows how far a study is: a bar on a terminal, else a line for every tenth of the pictures.

    Attributes:
        done: Pictures that are painted.
    """

    def __init__(self, bar: Progress) -> None:
        self.done = 0
        self._bar = bar
        self._task = bar.add_task("reading the pictures", total=None)
        self._tenth = -1

    def __call__(self, done: int, total: int, seconds_left: float | None) -> None:
        self.done = done
        left = "" if seconds_left is None else f", {_duration(seconds_left)} left"
        text = f"{done} of {total} pictures{left}"
        self._bar.update(self._task, completed=done, total=total, description=text)
        if self._bar.disable and done * 10 // total > self._tenth:
            self._tenth = done * 10 // total
            self._bar.console.print(Text(text))


def _duration(seconds: float) -> str:
    minutes = round(seconds / 60)
    if minutes < 2:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"


@app.command(name="methods", epilog="Example:\n\n    vitrage-engine methods")
def list_methods() -> None:
    """List the methods that a study compares, and what is missing here for some."""
    from engine.study.methods import GRIDS, METHODS, grid

    table = Table("method", "family", "what it does", "here")
    for method in (*METHODS.values(), *(grid(parameter)[0] for parameter in GRIDS)):
        table.add_row(method.name, method.family, method.purpose, method.missing() or "yes")
    Console().print(table)


@app.command(epilog="Example:\n\n    vitrage-engine styles -o gallery --size 1024 --seed 3")
def styles(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where to save them.")],
    *,
    size: Annotated[int, typer.Option(min=SIZES[0], max=SIZES[-1], help="Both edges in pixels.")] = 640,
    seed: Annotated[int, typer.Option(min=0, help="Another seed, other pictures of the same styles.")] = 0,
) -> None:
    """Draw a gallery of styles: a PNG file of each."""
    from engine.drawing.styles import DRAWN

    check_folder(output)
    output.mkdir(exist_ok=True)
    with progress_bar() as bar:
        for name, draw in bar.track(DRAWN.items(), description="drawing"):
            draw(size, seed).save(output / f"{name}.png")
    Console().print(Text(f"{len(DRAWN)} styles: {output}"), soft_wrap=True)
