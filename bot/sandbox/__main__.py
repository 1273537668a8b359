"""`python -m bot.sandbox`: the sandbox alone, for any bot."""

from __future__ import annotations

import argparse
from pathlib import Path

from bot.sandbox.server import serve
from bot.sandbox.state.world import World


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m bot.sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: loopback only)")
    parser.add_argument("--port", type=int, default=8081, help="0 takes a free port (default: %(default)s)")
    parser.add_argument("--state", type=Path, help="file that keeps the state over restarts")
    parser.add_argument("--samples", type=Path, help="directory of pictures that the page offers")
    parser.add_argument("--banner", help="a line on top of the page")
    parser.add_argument("--bot-name", default="Vitrage", help="name of the first bot (default: %(default)s)")
    parser.add_argument("--bot-username", default="vitrage_bot", help="its username (default: %(default)s)")
    parser.add_argument("--file-cap", type=int, default=512, help="MB of files kept (default: %(default)s)")
    options = parser.parse_args()
    serve(
        host=options.host,
        port=options.port,
        state_file=options.state,
        banner=options.banner,
        samples=options.samples,
        world=World(options.bot_name, options.bot_username, options.file_cap * 2**20),
    )


if __name__ == "__main__":
    main()
