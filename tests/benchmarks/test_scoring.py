"""The scores are those of the independent tool, and say what they should at their ends."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image
from safetensors.torch import save_file

from benchmarks.scoring import Judge, read_metric


def test_the_content_and_the_style_have_perfect_scores_of_their_kind(data: Path, network: Path) -> None:
    content, style = Image.open(data / "content" / "cat.png"), Image.open(data / "style" / "glass.png")
    replacement = style.resize(content.size)
    judge = Judge(content, replacement, read_metric(network), 96)
    untouched, replaced = judge.score(content), judge.score(replacement)
    assert (untouched.style, untouched.content, untouched.ssim) == pytest.approx((1, 0, 1), abs=1e-6)
    assert (replaced.style, replaced.grain) == pytest.approx((1e-9, 1), rel=1e-3)
    assert replaced.content > 0.5
    assert judge.score(Image.new("RGB", content.size, (0, 255, 128))).clipped == pytest.approx(2 / 3)
    assert judge.moved(content) == 0
    assert 0 < judge.moved(Image.blend(content, replacement, 0.3)) < judge.moved(replacement)


@pytest.mark.parametrize("edges", [(96, 64), (48, 32), (95, 64)])  # at the size compared, half of it, a pixel off
def test_scores_equal_those_of_the_independent_tool(
    edges: tuple[int, int], data: Path, network: Path, tmp_path: Path
) -> None:
    tool = Path(__file__).resolve().parents[3] / "shared" / "tools" / "score.py"
    if not tool.is_file():
        pytest.skip("the independent tool is not beside the checkout")
    content, style, output = data / "content" / "cat.png", data / "style" / "glass.png", tmp_path / "output.png"
    Image.blend(Image.open(content), Image.open(style).resize((96, 64)), 0.4).resize(edges).save(output)
    command = [sys.executable, *map(str, (tool, content, style, output, "--size", 80, "--weights", network))]
    expected = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    found = Judge(Image.open(content), Image.open(style), read_metric(network), 80).score(Image.open(output))
    for name in ("style", "content", "grain", "ssim", "clipped"):
        assert getattr(found, name) == pytest.approx(expected[name], rel=1e-4), name


def test_weights_that_end_early_are_refused(network: Path, tmp_path: Path) -> None:
    held = read_metric(network)
    del held["features.16.weight"]
    save_file(held, tmp_path / "short.safetensors")
    with pytest.raises(ValueError, match=r"short\.safetensors holds no conv3_4"):
        read_metric(tmp_path / "short.safetensors")
