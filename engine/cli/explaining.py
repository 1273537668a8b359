"""The command that shows the published algorithm at work."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from engine.console import check_folder, load_model, progress_bar
from engine.errors import EngineError

if TYPE_CHECKING:
    from engine.paper.explain import Explanation
    from engine.paper.stages import Stage

app = typer.Typer()


@app.command(
    epilog="Examples:\n\n"
    "    vitrage-engine explain cat.jpg glass.jpg -o explained\n\n"
    "    vitrage-engine explain cat.jpg glass.jpg -o explained --language ru --weights builtin"
)
def explain(
    content: Annotated[Path, typer.Argument(help="The picture to paint.")],
    style: Annotated[Path, typer.Argument(help="The picture to paint it like.")],
    *,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where to save the page.")],
    language: Annotated[str, typer.Option(help="Of the page: en or ru.")] = "en",
    weights: Annotated[str, typer.Option(help="auto, pretrained, builtin, or a file.")] = "auto",
    iterations: Annotated[int, typer.Option(min=1, help="As published 300; whole steps of 20 are made.")] = 300,
) -> None:
    """Walk through the stages of the published algorithm on two pictures: explain.html and output.png in DIR."""
    from engine.paper.page import page
    from engine.paper.stages import Words, stages

    words = Words(language)
    check_folder(output)
    if output.exists() and not output.is_dir():
        raise EngineError(f"{output} is a file; name a folder to save the page in.")
    seen = _run(content, style, weights, iterations)
    output.mkdir(exist_ok=True)
    html, picture = output / "explain.html", output / "output.png"
    html.write_text(page(seen, words), encoding="utf-8")
    seen.result.save(picture)
    console = Console()
    for stage in stages(seen, words):
        _print(console, stage)
    console.print(Text(words("saved", page=html, output=picture)))


def _run(content: Path, style: Path, weights: str, iterations: int) -> Explanation:
    """Run the algorithm with a progress bar; the pictures are read before the model is loaded."""
    from engine import load_image
    from engine.paper.explain import Unpacked, explain

    given_content, given_style = (Unpacked(path.name, load_image(path)) for path in (content, style))
    with progress_bar() as bar:
        model = load_model(bar, weights, "cpu")
        task = bar.add_task("optimising", total=iterations)
        return explain(given_content, given_style, model, iterations, lambda number: bar.update(task, completed=number))


def _print(console: Console, stage: Stage) -> None:
    console.print(Text(stage.title, "bold"), Text("\n".join(stage.paragraphs)), sep="\n")
    if stage.code:
        console.print(Text(stage.code))
    if stage.rows:
        table = Table(*stage.rows[0])
        for row in stage.rows[1:]:
            table.add_row(*row)
        console.print(table)
    console.print()
