"""`vitrage worker` with the fake engine child.

    python -m tests.support.fake_engine_worker FOLDER

FOLDER is the fake engine's, see `tests.support.fake_engine_child`.
"""

from __future__ import annotations

import sys

import bot.painters
from bot import cli

if __name__ == "__main__":
    folder = sys.argv.pop()
    command = [sys.executable, "-m", "tests.support.fake_engine_child", folder]
    vars(bot.painters).update(engine_command=lambda *_: command)
    sys.argv.append("worker")
    cli.main()
