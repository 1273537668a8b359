"""The command that shows, downloads, verifies and deletes the full weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from engine.console import progress_bar
from engine.errors import EngineError

if TYPE_CHECKING:
    from engine.weights.source import Source

app = typer.Typer()

_CHECKED = {
    "sha256": "checked by the SHA-256 of the whole file",
    "ranges": "checked by structure, values and version, for the convolutions alone were downloaded",
    "": "checked by an earlier version of this program",
}


@app.command(
    epilog="Examples:\n\n    vitrage-engine weights\n\n    VITRAGE_CACHE=/srv/weights vitrage-engine weights --download"
)
def weights(
    *,
    download: Annotated[bool, typer.Option("--download", help="Download them ahead.")] = False,
    verify: Annotated[bool, typer.Option("--verify", help="Compare them with their hash.")] = False,
    delete: Annotated[bool, typer.Option("--delete", help="Delete them, and incomplete downloads.")] = False,
) -> None:
    """Show which full weights are on this computer, what they take, and where they come from."""
    from engine.weights import download as downloads
    from engine.weights.source import source

    if download + verify + delete > 1:
        raise EngineError("Give one of --download, --verify and --delete.")
    console, wanted = Console(highlight=False, soft_wrap=True), source()
    if delete:
        for file in downloads.delete(wanted):
            console.print(f"deleted {file}")
    elif download:
        with progress_bar() as bar:
            task = bar.add_task("downloading the weights", total=None)
            downloads.fetch(on_download=lambda done, total: bar.update(task, completed=done, total=total))
    there = f"{wanted.kept}, {wanted.kept.stat().st_size / 1e6:.0f} MB" if wanted.kept.is_file() else "not here"
    console.print(
        f"builtin     come with the engine\npretrained  {there}\nfolder      {wanted.folder}\nfrom        {wanted.url}"
    )
    if verify:
        _verify(console, wanted)


def _verify(console: Console, wanted: Source) -> None:
    from engine.weights.kept import verify

    if not wanted.kept.is_file():
        raise EngineError("There are no weights to verify; give --download first.")
    kept = verify(wanted.kept)
    console.print(f"in order: {kept.tensors} tensors; the download was {_CHECKED[kept.check]}")
