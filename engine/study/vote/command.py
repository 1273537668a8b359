"""`vitrage-engine study vote`."""

from __future__ import annotations

import webbrowser
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console


def vote(
    report: Annotated[Path, typer.Argument(help="The folder of a finished study.", metavar="REPORT")],
    *,
    language: Annotated[
        Literal["en", "ru"] | None, typer.Option(help="Of the page; by default as the browser asks.")
    ] = None,
    port: Annotated[int, typer.Option(help="Of the page on 127.0.0.1; 0 = any free one.", min=0, max=65535)] = 0,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
) -> None:
    """Vote without knowing the methods: a local page shows two outputs of the same content and style at a time.

    Votes are kept in votes.sqlite in the folder; the next report of the study includes them. Ctrl-C ends it.
    """
    from engine.study.vote.ballot import Ballot
    from engine.study.vote.page import Voting
    from engine.study.vote.server import serve

    ballot, console = Ballot(report), Console(highlight=False)

    def ready(url: str) -> None:
        console.print(f"Vote at {url} (Ctrl-C ends it)", soft_wrap=True)
        if browser:
            webbrowser.open(url)

    serve(Voting(ballot, language).app(), port, ready)
    votes = ballot.votes()
    console.print(f"Votes: {len(votes)}, voters: {len({vote.voter for vote in votes})}; kept in {report}.")
