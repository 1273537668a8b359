"""`vitrage demo`, in the web chat and with --once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bot.chat.i18n import texts
from bot.demo import session
from bot.demo.supervisor import DemoError
from tests.support.program import PATIENCE, alive, children_of, demonstration, until

EN = texts("en")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_prints_its_url_and_leaves_no_process(number: signal.Signals, tmp_path: Path) -> None:
    """Ctrl-C ends the sandbox, the bot and its engine child."""
    with demonstration(tmp_path) as (demo, _):
        processes = until(lambda: _both(demo.pid), "sandbox and bot run")
        bot = processes[-1]
        processes += until(lambda: children_of(bot), "the bot has an engine child")
        demo.send_signal(number)
        assert demo.wait(PATIENCE) == 0
        until(lambda: not any(map(alive, processes)), "all processes have ended", seconds=10)


def _both(pid: int) -> list[int] | None:
    """Return the process ids of the sandbox and the bot once there are both."""
    children = children_of(pid)
    return children if len(children) == 2 else None


def test_the_demo_paints_once_and_says_how_long_it_took(tmp_path: Path, cat: bytes, glass: bytes) -> None:
    """`vitrage demo --once` sends the pictures as a user does, saves the result, and exits with success."""
    (tmp_path / "cat.jpg").write_bytes(cat)
    (tmp_path / "glass.jpg").write_bytes(glass)
    done = _once(tmp_path, "cat.jpg", "glass.jpg", "out.jpg")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.jpg").stat().st_size > 1000
    stages = [line.split(" s  ")[1] for line in done.stdout.splitlines()]
    assert stages[:2] == ["sandbox started", "bot online"]
    assert stages[-2] == "picture received"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("none.jpg", "none.jpg", "out.jpg"), "none.jpg"),
        (("bad.jpg", "bad.jpg", "out.jpg"), EN("bad-not-image")),
        (("bad.jpg",), "CONTENT STYLE OUT"),
        (("bad.jpg", "bad.jpg", "no/folder/out.jpg"), "no/folder"),
        (("bad.jpg", "bad.jpg", "out.png"), "name it out.jpg in place of out.png"),
    ],
)
def test_the_demo_says_in_one_line_what_is_wrong(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    """A missing file, a file that is not a picture, wrong arguments: one sentence, exit code 1, no traceback."""
    (tmp_path / "bad.jpg").write_bytes(b"hello")
    done = _once(tmp_path, *arguments, **frozen_painter(tmp_path))  # nothing gets as far as to it
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert says in last
    assert "Traceback" not in done.stderr


def test_settings_that_cannot_work_end_the_demo(tmp_path: Path, glass: bytes) -> None:
    """Instead of waiting for a painter that never starts: the reason is the last line, and the exit code is 1."""
    (tmp_path / "glass.jpg").write_bytes(glass)
    done = _once(tmp_path, "glass.jpg", "glass.jpg", "out.jpg", VITRAGE_DEVICE="cuda:99")
    assert done.returncode == 1
    assert "The painter cannot start: There is no device cuda:99 here" in done.stderr.strip().splitlines()[-1]
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out.jpg").exists()


def frozen_painter(folder: Path) -> dict[str, str]:
    """Return the variable with which engine children freeze before they load anything: a module in the folder."""
    # Python imports it before anything else.
    freeze = 'import sys, time\nif "bot.worker.engine_child" in sys.orig_argv:\n    time.sleep(1000)\n'
    (folder / "sitecustomize.py").write_text(freeze)
    return {"PYTHONPATH": str(folder)}


async def test_a_painter_that_freezes_ends_the_demo_once(
    tmp_path: Path, cat: bytes, glass: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It has a limit, and says what the bot said at last."""
    (tmp_path / "cat.jpg").write_bytes(cat)
    (tmp_path / "glass.jpg").write_bytes(glass)
    monkeypatch.setattr(session, "BEGIN_SECONDS", 2.0)
    pictures = tmp_path / "cat.jpg", tmp_path / "glass.jpg"
    with pytest.raises(DemoError, match=r"did not begin within 2 s; the bot says: Next in line\."):
        await session.paint_once(*pictures, tmp_path / "out.jpg", frozen_painter(tmp_path))


def _once(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", "demo", "--once", *arguments],
        env={**os.environ, "VITRAGE_WEIGHTS": "builtin", **settings},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=4 * PATIENCE,
    )
