"""The real engine child with a fake engine, whose behaviour a script in the content picture decides.

    python -m tests.support.fake_engine_child FOLDER

It loads no torch. In the folder it notes its process id and its runs, and counts what must be counted across restarts.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from PIL import Image

import engine
from bot.worker import engine_child, render
from engine.reading.load import load_image

FOLDER = Path(sys.argv.pop())
MODEL = SimpleNamespace(device="fake", weights="none", note="")
LEISURE: dict[str, Any] = {"steps": 20, "pause": 0.1}
"""The script of a content that is a real picture, and brings none: time enough to kill somebody meanwhile."""


def stylize(
    content: bytes,
    _styles: Any,
    options: engine.Options,
    *,
    masks: Sequence[Image.Image] | None = None,
    start: bytes | None = None,
    on_progress: Callable[[Any], None],
    should_stop: Callable[[], bool],
    **_: Any,
) -> Any:
    """Do what the script says, then return a picture of the size that was asked for."""
    script = json.loads(content) if content.startswith(b"{") else LEISURE
    _note(options, start, masks)
    print("a stray print must not reach the pipe of frames")  # noqa: T201 - this is the test
    if "failures" in script and _times(script) < script["failures"]:
        _fail(script["failure"])
    if script.get("flood"):
        vars(engine_child).update(_DOWNLOAD_INTERVAL=0.0)
    vars(render).update(_PROGRESS_INTERVAL=0.0, _PREVIEW_INTERVAL=0.0)
    steps = script.get("steps", 3)
    pause = 0.0 if start else script.get("pause", 0.0)  # what continues is nearly finished
    for step in range(1, steps + 1):
        edge = options.longest_edge if 2 * step > steps else options.longest_edge // 2
        left = script.get("left")
        on_progress(SimpleNamespace(fraction=step / steps, seconds_left=left, size=(edge, edge), preview=_picture))
        time.sleep(pause)
        if should_stop() and not script.get("deaf"):
            return _result(stopped=True, size=1, report={"stopped_at": step})
    size = options.longest_edge // script.get("shrink", 1)
    report: dict[str, Any] = {"size": size} | ({"said": script["report"]} if "report" in script else {})
    if script is LEISURE:
        report = {"size": (size, size), "seconds": 2.0}  # for the caption
    return _result(stopped=False, size=size, report=report)


class Recorder:
    """Saves a GIF of the first few previews; the engine's own recorder would load torch."""

    def __init__(self, **_: object) -> None:
        self.frames: list[Image.Image] = []

    def __call__(self, progress: Any) -> None:
        """Take a preview."""
        if len(self.frames) < 20:
            self.frames.append(progress.preview())

    def save(self, path: str, output: Image.Image) -> None:
        """Save the frames and the output."""
        first, *rest = self.frames
        first.save(path, "GIF", save_all=True, append_images=[*rest, output])


def _load_picture(data: bytes) -> Image.Image | bytes:
    """Load a picture; scripts and the words that stand for styles are returned as they are."""
    try:
        return load_image(data)
    except engine.ImageError:
        return data


def _load_model(*_: object, on_download: Callable[[int, int | None], None], **__: object) -> Any:
    """Load what the files in the folder say: the test removes them to let it go on."""
    if (FOLDER / "no weights").exists():
        raise engine.WeightsError("There are no weights.")
    if (FOLDER / "no memory").exists():
        raise engine.OutOfMemoryError("The device has too little memory.")
    received = 0
    while (FOLDER / "freeze").exists() or (FOLDER / "slow download").exists():
        received += (FOLDER / "slow download").exists()
        on_download(received, 575_000_000)
        time.sleep(0.05)
    if (FOLDER / "weights").exists():
        return SimpleNamespace(device="fake", weights=(FOLDER / "weights").read_text(), note="")
    return MODEL


def _forecast(_: object) -> Any:
    """Forecast what a file in the folder says, nothing without it."""
    file = FOLDER / "forecast"
    return json.loads(file.read_text(), object_hook=_with_numbers) if file.exists() else {}


def _lines(name: str) -> list[str]:
    return (FOLDER / name).read_text().split() if (FOLDER / name).exists() else []


def _with_numbers(pairs: dict[str, Any]) -> dict[Any, Any]:
    return {int(key) if key.isdigit() else key: value for key, value in pairs.items()}


def _note(options: engine.Options, start: bytes | None, masks: Sequence[Image.Image] | None) -> None:
    """Note what was asked for, see `WorkerHarness.runs`."""
    begin = load_image(start).width if start else options.seed or None
    run = [options.preset, options.longest_edge, options.style_scale, begin, *(mask.width for mask in masks or ())]
    with (FOLDER / "runs").open("a") as runs:
        runs.write(f"{json.dumps(run)}\n")


def _times(script: dict[str, Any]) -> int:
    """Return how often this script was begun before."""
    count = FOLDER / f"times-{script.get('name', '')}"
    times = int(count.read_text()) if count.exists() else 0
    count.write_text(str(times + 1))
    return times


def _fail(failure: str) -> None:
    match failure:
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "hang":
            time.sleep(1000)
        case "image":
            raise engine.ImageError("The picture is damaged.")
        case "memory":
            raise engine.OutOfMemoryError("The device has too little memory.")
        case "engine":
            raise engine.EngineError("The device stumbled.")
        case "bug":
            raise ZeroDivisionError("a bug")


def _result(*, stopped: bool, size: int, report: dict[str, Any]) -> Any:
    return SimpleNamespace(image=_picture(size), report=SimpleNamespace(stopped=stopped, to_dict=lambda: report))


def _picture(size: int = 4) -> Image.Image:
    picture = Image.new("RGB", (size, size), "navy")
    picture.info["comment"] = b"private"
    return picture


if __name__ == "__main__":
    vars(engine).update(stylize=stylize, load_image=_load_picture, load_model=_load_model, Recorder=Recorder)
    vars(engine).update(auto_devices=lambda: ("fake", *_lines("others")))
    vars(engine).update(device_name=lambda device: device, device_memory=lambda _: (3_000_000, 8_000_000))
    vars(engine_child).update(_DOWNLOAD_INTERVAL=0.0, forecast=_forecast)
    vars(render).update(_PROGRESS_INTERVAL=0.02, _PREVIEW_INTERVAL=0.06)
    with (FOLDER / "pids").open("a") as pids:
        pids.write(f"{os.getpid()}\n")
    sys.exit(engine_child.main())
