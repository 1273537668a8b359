"""The command line as a shell sees it: exit codes, files, one line for an error."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

import engine
from engine.cli import main


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command line in a new process, as a shell does."""
    command = [sys.executable, "-m", "engine.cli", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Said:
    """Run the command line in this process, where torch is loaded already; returns exit code, stdout, stderr."""

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["vitrage-engine", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        assert isinstance(code, int)
        return code, *capfd.readouterr()

    return call


@pytest.fixture
def pictures(cat: Image.Image, glass: Image.Image, tmp_path: Path) -> tuple[Path, Path]:
    cat.save(tmp_path / "cat.png")
    glass.save(tmp_path / "glass.png")
    return tmp_path / "cat.png", tmp_path / "glass.png"


def test_stylize_saves_a_picture_and_a_report(pictures: tuple[Path, Path], tmp_path: Path) -> None:
    output, report = tmp_path / "out.jpg", tmp_path / "out.json"
    done = run("stylize", *pictures, "-o", output, "--preset", "sketch", "--size", 32, "--weights", "builtin",
               "--device", "cpu", "--strength", 30, "--style-scale", 2, "--colors", "match",
               "--report", report)  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    with Image.open(output) as image:
        assert image.size == (32, 21)
    told = json.loads(report.read_text(encoding="utf-8"))
    assert (told["preset"], told["weights"], told["strength"], told["colors"]) == ("sketch", "builtin", 30, "match")
    assert told["style_scale"] == 2


def test_a_run_that_continues_from_its_output_can_be_saved_as_a_timelapse(
    pictures: tuple[Path, Path], tmp_path: Path, said: Said
) -> None:
    """The last frame is the output."""
    output, timelapse, report = (tmp_path / name for name in ("out.png", "how.gif", "out.json"))
    quick = ["-o", output, "--preset", "sketch", "--size", 32, "--weights", "builtin", "--report", report]
    assert said("stylize", *pictures, *quick, "--init", "noise") == (0, "", "")
    assert json.loads(report.read_text(encoding="utf-8"))["init"] == "noise"
    assert said("stylize", *pictures, *quick, "--start", output, "--timelapse", timelapse) == (0, "", "")
    assert json.loads(report.read_text(encoding="utf-8"))["init"] == "start"
    with Image.open(timelapse) as frames, Image.open(output) as image:
        count = getattr(frames, "n_frames", 1)
        assert 1 < count <= 49
        frames.seek(count - 1)
        difference = ImageStat.Stat(ImageChops.difference(frames.convert("RGB"), image)).mean
        assert max(difference) < 12  # 256 colours


def test_a_composed_denoised_and_enlarged_picture(pictures: tuple[Path, Path], tmp_path: Path, said: Said) -> None:
    """Two pictures 96 and 80 px wide side by side, turned, cropped to a square, painted at 32 px and doubled."""
    content, glass = pictures
    composed = ["--collage", glass, "--rotate", 90, "--mirror", "--crop", "1:1", "--extend", "2:1"]
    cleaned = ["--denoise-content", "tv", "--denoise-output", "nlm", "--upscale", 2, "--enlarge", "lanczos"]
    quick = ["-o", tmp_path / "out.png", "--preset", "sketch", "--size", 32, "--weights", "builtin"]
    told = said("stylize", content, glass, *quick, *composed, *cleaned)
    assert told == (0, "", "")
    with Image.open(tmp_path / "out.png") as image:
        assert image.size == (64, 32)


def test_masks_are_given_in_the_order_of_the_styles(
    pictures: tuple[Path, Path], cat: Image.Image, tmp_path: Path, said: Said
) -> None:
    """One style with a mask of the left half keeps the right half; a second style with mask `none` paints it."""
    content, glass = pictures
    mask = Image.new("L", cat.size)
    mask.paste(255, (0, 0, 48, 64))
    mask.save(tmp_path / "left.png")
    quick = ["-o", tmp_path / "out.png", "--preset", "sketch", "--size", 16, "--weights", "builtin"]
    kept = cat.resize((16, 11), Image.Resampling.BICUBIC).crop((9, 0, 16, 11))
    for styles, masks, keeps in (([glass], ["left.png"], True), ([glass, content], ["left.png", "none"], False)):
        named = [part for mask in masks for part in ("--mask", mask if mask == "none" else tmp_path / mask)]
        assert said("stylize", content, *styles, *quick, *named) == (0, "", "")
        with Image.open(tmp_path / "out.png") as image:
            assert (image.crop((9, 0, 16, 11)).tobytes() == kept.tobytes()) is keeps
    code, _, line = said("stylize", content, glass, *quick, "--mask", tmp_path / "left.png", "--mask", "none")
    assert code == 1 and line == "Give one mask, or None, for each style: 1 in all, not 2.\n"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (["--preset", "quick"], "Preset must be one of"),
        (["--size", "7"], "Size must be"),
        (["--size", "big"], "Invalid value"),
        (["--strength", "101"], "Strength must be"),
        (["--style-scale", "5"], "Style_scale must be"),
        (["--colors", "mine"], "Colors must be"),
        (["--init", "white"], "Init must be"),
        (["--crop", "half"], "Crop, unless it is thirds, must be two numbers such as 4:5"),
        (["--denoise-output", "blur"], "Denoise_output must be None or nlm or tv or wavelet"),
        (["--weights", "builtin", "--collage", "gone.png"], "gone.png does not exist"),
        (["--weights", "builtin", "--start", "gone.png"], "gone.png does not exist"),
        (["--weights", "nowhere.pth"], "no weights file"),
        (["--weights", "builtin", "--device", "toaster"], "no device toaster"),
        (["--wrong", "1"], "No such option"),
    ],
)
def test_a_wrong_option_is_one_line_and_no_picture(
    change: list[str], words: str, pictures: tuple[Path, Path], tmp_path: Path, said: Said
) -> None:
    code, out, line = said("stylize", *pictures, "-o", tmp_path / "out.png", *change)
    assert code != 0 and out == ""
    assert words in line and line.count("\n") == 1
    assert not (tmp_path / "out.png").exists()


def test_a_wrong_file_is_one_line(pictures: tuple[Path, Path], tmp_path: Path, said: Said) -> None:
    cat, glass = pictures
    text = tmp_path / "text.jpg"
    text.write_text("no picture")
    for arguments, words in (
        ([cat, text, "-o", tmp_path / "out.png"], "not in a known format"),
        ([tmp_path / "gone.png", glass, "-o", tmp_path / "out.png"], "does not exist"),
        ([cat, glass, "-o", tmp_path / "out.txt"], "suffix such as .png"),
        ([cat, glass, "-o", tmp_path / "nowhere" / "out.png"], "no folder"),
        ([cat, glass, "-o", tmp_path / "out.png", "--timelapse", tmp_path / "nowhere" / "how.gif"], "no folder"),
        (
            [cat, glass, "-o", tmp_path / "out.png", "--timelapse", tmp_path / "how.avi"],
            ".gif, .webp or .mp4, not .avi",
        ),
    ):
        code, _, line = said("stylize", *arguments, "--weights", "builtin")
        assert code == 1
        assert words in line and line.count("\n") == 1


def test_an_interrupt_saves_nothing_and_exits_130(pictures: tuple[Path, Path], tmp_path: Path) -> None:
    """SIGINT is sent when the run prints that its first iteration is done, not after a guessed time."""
    code = (
        "import sys, engine.cli, engine.progress as progress\n"
        "told = progress.ProgressTracker.step\n"
        "def step(self, *rest):\n"
        "    print('painting', flush=True)\n"
        "    told(self, *rest)\n"
        "progress.ProgressTracker.step = step\n"
        "engine.cli.main()\n"
    )
    output = tmp_path / "out.png"
    command = [sys.executable, "-c", code, "stylize", *map(str, pictures), "-o", str(output), "--weights", "builtin"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout and process.stderr
        assert process.stdout.readline() == "painting\n"
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert said == "Interrupted; nothing was saved.\n"
    assert not output.exists()


def test_presets_are_shown() -> None:
    done = run("presets")
    assert done.returncode == 0
    assert all(name in done.stdout for name in engine.PRESETS)


@pytest.mark.parametrize("command", ["stylize", "presets", "explain", "learn"])
def test_help_has_an_example(command: str) -> None:
    done = run(command, "--help")
    assert done.returncode == 0
    assert f"vitrage-engine {command}" in done.stdout
