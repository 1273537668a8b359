"""The real engine child with an actor in the engine's place: what it does is written in the content picture.

    python -m tests.support.fake_engine_child FOLDER

In the folder it notes its process id, and counts what has to be counted through several lives.
"""

from __future__ import annotations

import io
import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from PIL import Image

import engine
from bot.worker import engine_child, render

Tell = Callable[[Any], None]
Asked = Callable[[], bool]

FOLDER = Path(sys.argv.pop())
MODEL = SimpleNamespace(device="stage", weights="none", note="")


def act(
    content: bytes,
    _styles: Any,
    options: engine.Options,
    *,
    masks: list[bytes] | None = None,
    start: bytes | None = None,
    on_progress: Tell,
    should_stop: Asked,
    **_: Any,
) -> Any:
    """Do what the script says, then hand in a picture of the size that was asked for."""
    script = json.loads(content)
    _note(options, start, masks)
    print("a stray print must not harm the wire")  # noqa: T201 - this is the test
    if "failures" in script and _times(script) < script["failures"]:
        _fail(script["failure"])
    if script.get("flood"):
        vars(render).update(_PROGRESS=0.0, _PREVIEW=0.0)
    steps = script.get("steps", 3)
    for step in range(1, steps + 1):
        edge = options.longest_edge if 2 * step > steps else options.longest_edge // 2
        left = script.get("left")
        on_progress(SimpleNamespace(fraction=step / steps, seconds_left=left, size=(edge, edge), preview=_picture))
        time.sleep(script.get("pause", 0.0))
        if should_stop() and not script.get("deaf"):
            return _result(stopped=True, size=1, report={"stopped_at": step})
    size = options.longest_edge // script.get("shrink", 1)
    report = {"size": size} | ({"said": script["report"]} if "report" in script else {})
    return _result(stopped=False, size=size, report=report)


def _note(options: engine.Options, start: bytes | None, masks: list[bytes] | None) -> None:
    """Note what was asked for: where it begins by the picture's width or the noise's seed, masks by their widths."""
    begin = _width(start) if start else options.seed or None
    run = [options.preset, options.longest_edge, options.style_scale, begin, *map(_width, masks or ())]
    with (FOLDER / "runs").open("a") as runs:
        runs.write(f"{json.dumps(run)}\n")


def _width(picture: bytes) -> int:
    with Image.open(io.BytesIO(picture)) as image:
        return image.width


def _times(script: dict[str, Any]) -> int:
    """Count how often this script was begun."""
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


def film(frames: list[Image.Image], path: str) -> None:
    """Save the frames: loading the engine's own film would load torch."""
    frames[0].save(path, "GIF", save_all=True, append_images=frames[1:])


def _picture(size: int = 4) -> Image.Image:
    picture = Image.new("RGB", (size, size), "navy")
    picture.info["comment"] = b"private"
    return picture


def _load(*_: object) -> Any:
    if (FOLDER / "no weights").exists():
        raise engine.WeightsError("There are no weights.")
    return MODEL


if __name__ == "__main__":
    vars(engine).update(stylize=act, load_model=_load, timelapse=film)
    vars(render).update(_PROGRESS=0.02, _PREVIEW=0.06)
    with (FOLDER / "pids").open("a") as pids:
        pids.write(f"{os.getpid()}\n")
    sys.exit(engine_child.main())
