"""Timelapses: which frames are recorded, and the file that they make."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import imageio_ffmpeg
import pytest
from PIL import Image, ImageChops, ImageStat

import engine
from engine.images.timelapse import EDGE, Recorder

COLORS = ((255, 0, 0), (0, 255, 0), (0, 0, 255))


def shown(path: Path) -> list[tuple[tuple[int, int], int, tuple[int, ...]]]:
    """Size, milliseconds and the colour in the middle of each frame."""
    found = []
    with Image.open(path) as animation:
        assert animation.info["loop"] == 0
        for index in range(getattr(animation, "n_frames", 1)):
            animation.seek(index)
            animation.load()  # WebP says a frame's duration once it is decoded
            image = animation.convert("RGB")
            color = image.getpixel((image.width // 2, image.height // 2))
            assert isinstance(color, tuple)
            found.append((image.size, animation.info["duration"], color))
    return found


def decoded(path: Path, size: tuple[int, int]) -> tuple[str, list[Image.Image]]:
    """What ffmpeg reports of an animation, and its frames, which must have this width and height."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-i", str(path), "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:"]
    done = subprocess.run(command, capture_output=True, check=True)
    length = 3 * size[0] * size[1]
    assert len(done.stdout) % length == 0
    parts = [done.stdout[start : start + length] for start in range(0, len(done.stdout), length)]
    return done.stderr.decode(), [Image.frombytes("RGB", size, part) for part in parts]


@pytest.mark.parametrize("suffix", [".gif", ".WEBP"])
def test_frames_of_any_size_are_shown_at_the_last_ones_which_is_held(suffix: str, tmp_path: Path) -> None:
    sizes = ((6, 4), (12, 8), (24, 16))
    path = tmp_path / f"run{suffix}"
    engine.timelapse((Image.new("RGB", size, color) for size, color in zip(sizes, COLORS, strict=True)), path)
    found = shown(path)
    assert [frame[:2] for frame in found] == [((24, 16), 100), ((24, 16), 100), ((24, 16), 2000)]
    for (_, _, color), expected in zip(found, COLORS, strict=True):
        assert max(abs(a - b) for a, b in zip(color, expected, strict=True)) <= 12  # WebP is lossy


def test_one_frame_is_enough_and_a_large_one_is_made_smaller(tmp_path: Path) -> None:
    engine.timelapse([Image.new("RGB", (2000, 1000), "red")], tmp_path / "still.gif")
    with Image.open(tmp_path / "still.gif") as animation:
        assert animation.size == (EDGE, EDGE // 2)


@pytest.mark.parametrize("size", [(96, 64), (95, 63), (5, 97), (1, 1)])  # (width, height)
def test_an_mp4_is_what_messengers_play(size: tuple[int, int], cat: Image.Image, tmp_path: Path) -> None:
    path, output = tmp_path / "run.MP4", cat.resize(size)
    engine.timelapse([Image.new("RGB", (40, 30), COLORS[0]), cat.rotate(180), output], path)
    even = (size[0] + size[0] % 2, size[1] + size[1] % 2)
    told, frames = decoded(path, even)
    assert re.search(r"Duration: 00:00:02\.20,", told)
    stream = rf"Video: h264 .*, yuv420p\(tv, bt709, progressive\), {even[0]}x{even[1]}\b.*, 10 fps,"
    assert re.search(stream, told)
    assert "Audio" not in told
    assert len(frames) == 2 + 20
    red = Image.new("RGB", size, COLORS[0])
    for frame, expected in ((frames[0], red), (frames[2], output), (frames[-1], output)):
        found = frame.crop((0, 0, *size))
        difference = ImageStat.Stat(ImageChops.difference(found, expected)).mean
        assert max(difference) < 6  # lossy, colours at half the resolution
    data = path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")  # plays while it loads


@pytest.mark.parametrize(
    ("program", "said"), [("missing", "cannot be started"), (shutil.which("false"), "could not make the MP4: 1")]
)
def test_an_mp4_without_ffmpeg_is_refused(
    program: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", program)
    with pytest.raises(engine.EngineError, match=said):
        engine.timelapse([Image.new("RGB", (4, 4))], tmp_path / "run.mp4")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["run.avi", "run", "run.png"])
def test_another_format_or_no_frame_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(engine.EngineError, match=r"saved as \.gif, \.webp or \.mp4"):
        engine.timelapse([Image.new("RGB", (4, 4))], tmp_path / name)
    with pytest.raises(engine.EngineError, match="one frame at least"):
        engine.timelapse([], tmp_path / "run.gif")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("iterations", [1, 47, 48, 49, 300, 1000])
def test_a_timelapse_of_any_run_has_a_few_dozen_frames(iterations: int, tmp_path: Path) -> None:
    """The first moment is in it, the finished picture is its last, and few previews are made."""
    recorder, made = Recorder(edge=480), 0

    def preview(level: int) -> Image.Image:
        nonlocal made
        made += 1
        return Image.new("RGB", (600, 300), (level, level, level))

    for number in range(iterations):
        level = 20 + number * 200 // iterations
        moment = {"iteration": number + 1, "iterations": iterations, "preview": lambda level=level: preview(level)}
        recorder(cast("engine.Progress", SimpleNamespace(**moment)))
    recorder.save(tmp_path / "run.mp4", Image.new("RGB", (600, 300), (255, 255, 255)))
    _, frames = decoded(tmp_path / "run.mp4", (480, 240))
    held = 20  # frames that show the finished picture
    assert min(iterations, 24) < len(frames) - held + 1 <= 49
    for frame, level in ((frames[0], 20), (frames[-1], 255)):
        assert frame.convert("L").getpixel((5, 5)) == pytest.approx(level, abs=4)
    assert made < 6 * 48


@pytest.mark.parametrize(("count", "taken"), [(4, [1, 3, 6, 9]), (100, list(range(1, 13))), (1, [1])])
def test_previews_are_taken_evenly_over_the_iterations(
    count: int, taken: list[int], cat: Image.Image, glass: Image.Image, model: engine.Model
) -> None:
    recorder, asked = Recorder(count), []

    def watch(progress: engine.Progress) -> None:
        before = len(recorder.frames)
        recorder(progress)
        asked.extend([progress.iteration] * (len(recorder.frames) - before))

    options = engine.preset("sketch", size=192, iterations=12)
    engine.stylize(cat, [glass], options, model=model, on_progress=watch)
    assert asked == taken
    assert recorder.frames[0].size == (96, 64)
    assert count == 1 or recorder.frames[-1].size == (192, 128)
