"""`vitrage run` with the fake engine child, for tests of processes: it starts at once, where the real one loads torch.

    python -m tests.support.fake_engine_run FOLDER

FOLDER is the fake engine's, see `tests.support.fake_engine_child`. Operators read at once of a painter out of service.
"""

from __future__ import annotations

import sys

import bot.painters
from bot import cli
from bot.chat import painter_watch

if __name__ == "__main__":
    folder = sys.argv.pop()
    command = [sys.executable, "-m", "tests.support.fake_engine_child", folder]
    vars(bot.painters).update(engine_command=lambda *_: command)
    vars(painter_watch).update(LASTING_SECONDS=0.5)
    sys.argv.append("run")
    cli.main()
