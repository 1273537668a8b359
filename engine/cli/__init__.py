"""The command line program `vitrage-engine`: one module for each group of commands."""

from __future__ import annotations

import sys

import typer

from engine import environment
from engine.cli import development, explaining, painting, studying, weights
from engine.errors import EngineError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
    help="Paint a picture like another one (VGG19 style transfer).",
)
app.add_typer(painting.app)
app.add_typer(explaining.app)
app.add_typer(studying.app)
app.add_typer(weights.app)
app.add_typer(development.app)

_INTERRUPTED = 130  # exit code of a program that SIGINT ended: 128 + 2


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
