"""`vitrage-engine explain`: the page and the text show the stages of the published algorithm."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path

import pytest
from PIL import Image

import engine
from engine.cli import main
from engine.paper.explain import Explanation, Unpacked, explain
from engine.paper.page import page
from engine.paper.stages import Words, stages
from engine.paper.texts import TEXTS
from tests.support.chromium import chromium

Said = Callable[..., tuple[int, str, str]]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Said:
    """Run the command line in this process; returns exit code, stdout, stderr."""

    def call(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["vitrage-engine", *map(str, arguments)])
        monkeypatch.setenv("COLUMNS", "200")
        with pytest.raises(SystemExit) as ended:
            main()
        code = ended.value.code
        assert isinstance(code, int)
        return code, *capfd.readouterr()

    return call


@pytest.fixture(scope="module")
def seen(cat: Image.Image, glass: Image.Image, model: engine.Model) -> Explanation:
    return explain(Unpacked("<cat>.png", cat), Unpacked("glass.png", glass), model, num_steps=1)


def test_all_stages_are_recorded(seen: Explanation) -> None:
    assert seen.loaded_content.size == seen.loaded_style.size == seen.result.size == (128, 128)
    assert [scores.evaluation for scores in seen.scores] == list(range(1, 21))
    assert seen.scores[0].content == 0 < seen.scores[0].style
    assert seen.best.total == min(scores.total for scores in seen.scores)
    assert {1, 20, seen.best.evaluation} == set(seen.pictures)
    assert seen.pictures[1].tobytes() == seen.loaded_content.tobytes(), "it begins with the content"
    assert re.match(r"Sequential\(\n  \(0\): Normalization\(\)\n  \(conv_1\): Conv2d\(3, 64", seen.network)
    shapes = {loss.name: (loss.features, loss.target) for loss in seen.losses}
    assert shapes["style_loss_5"] == ((1, 256, 32, 32), (256, 256))
    assert shapes["content_loss_4"] == ((1, 128, 64, 64), (1, 128, 64, 64))


@pytest.mark.parametrize("language", TEXTS)
def test_the_page_needs_no_other_file_and_quotes_names(seen: Explanation, language: str) -> None:
    html = page(seen, Words(language))
    assert "&lt;cat&gt;.png" in html and "<cat>" not in html
    assert re.findall(r'(?:src|href)="(?!data:)', html) == [] and "url(" not in html
    for stage in stages(seen, Words(language)):
        assert stage.title in html


def test_both_languages_have_the_same_sentences_with_the_same_fields() -> None:
    fields = {
        language: {name: sorted(re.findall(r"\{(\w+)\}", text)) for name, text in texts.items()}
        for language, texts in TEXTS.items()
    }
    assert fields["en"] == fields["ru"]


@pytest.mark.browser
async def test_the_page_fits_a_phone(seen: Explanation, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(page(seen, Words("ru")), encoding="utf-8")
    async with chromium() as browser:
        tab = await browser.new_page(viewport={"width": 360, "height": 740})
        await tab.goto((tmp_path / "page.html").as_uri())
        assert await tab.evaluate("document.documentElement.scrollWidth") == 360
        assert await tab.evaluate("[...document.images].every(image => image.naturalWidth > 0)")
        lines = tab.locator("polyline")
        for n in range(3):
            box = await lines.nth(n).bounding_box()
            assert box and box["x"] >= 0 and box["x"] + box["width"] <= 360


def test_the_command_saves_the_page_and_tells_the_stages(
    cat: Image.Image, glass: Image.Image, tmp_path: Path, said: Said
) -> None:
    cat.save(tmp_path / "cat.png")
    glass.save(tmp_path / "glass.png")
    pictures, folder = (tmp_path / "cat.png", tmp_path / "glass.png"), tmp_path / "explained"
    code, out, _ = said("explain", *pictures, "-o", folder, "--weights", "builtin", "--iterations", 1)
    assert code == 0
    for line in ("cat.png, 96 × 64 pixels", "(content_loss_4): ContentLoss()", "4. The losses by iteration"):
        assert line in out
    assert re.search(r"style_loss_5 +│ 1 × 256 × 32 × 32", out)
    assert (folder / "explain.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    with Image.open(folder / "output.png") as image:
        assert image.size == (128, 128)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (["--language", "de"], "Language must be en or ru"),
        (["-o", "nowhere/explained"], "no folder"),
        (["-o", "cat.png"], "is a file"),
        (["--weights", "nowhere.pth"], "no weights file"),
        (["--iterations", "0"], "Invalid value"),
    ],
)
def test_bad_input_is_one_line(change: list[str], words: str, cat: Image.Image, tmp_path: Path, said: Said) -> None:
    cat.save(tmp_path / "cat.png")
    with chdir(tmp_path):
        code, out, line = said("explain", "cat.png", "cat.png", "-o", "explained", "--weights", "builtin", *change)
    assert code != 0 and out == ""
    assert words in line and line.count("\n") == 1
    assert not (tmp_path / "explained").exists()


def test_weights_that_do_not_reach_the_last_loss_are_refused(cat: Image.Image) -> None:
    model = engine.load_model("builtin", "cpu", layers=["conv2_2"])
    with pytest.raises(engine.WeightsError, match="do not reach conv3_1"):
        explain(Unpacked("cat", cat), Unpacked("cat", cat), model)
