"""What the commands share: progress on the terminal, the model, and a check of where files are saved."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from engine.errors import EngineError

if TYPE_CHECKING:
    from engine.model import Model


def check_folder(path: Path) -> None:
    """Check that there is a folder for a file that will be saved.

    Raises:
        EngineError: There is none.
    """
    if not path.parent.is_dir():
        raise EngineError(f"There is no folder {path.parent} to save {path.name} in; make it first.")


@contextmanager
def progress_bar(*, time_left: bool = True) -> Iterator[Progress]:
    """Show a progress bar on stderr, if it is a terminal.

    Args:
        time_left: Whether it estimates the time that is left from the speed, as where all steps take as long.
    """
    console = Console(stderr=True)
    columns: list[Any] = [TextColumn("{task.description}"), BarColumn()]
    if time_left:
        columns.append(TimeRemainingColumn())
    with Progress(*columns, console=console, disable=not console.is_terminal, transient=True) as bar:
        yield bar


def load_model(bar: Progress, weights: str, device: str) -> Model:
    """Load the model, with a progress bar for the download of its weights."""
    import engine

    task = bar.add_task("downloading the weights", total=None, visible=False)
    model = engine.load_model(
        weights,
        device,
        on_download=lambda done, total: bar.update(task, completed=done, total=total, visible=True),
    )
    bar.remove_task(task)
    if model.note:
        Console(stderr=True).print(f"Note: {model.note}.", highlight=False, soft_wrap=True)
    return model
