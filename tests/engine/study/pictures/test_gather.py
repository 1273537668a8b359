"""Which pictures of an archive a study takes, and how they are kept."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.errors import EngineError
from engine.reading.load import load_image
from engine.study.pictures.gather import MOST_SENTENCES, Pictures, Wanted, gather
from engine.study.pictures.sides import Patterns, Side, side_of
from tests.support.pictures import encoded

NO_PATTERNS: Patterns = {"content": (), "style": ()}
MOST: dict[Side, int] = {"content": 2, "style": 2}


def picture(color: str, size: tuple[int, int] = (60, 40)) -> bytes:
    """Return a file of one colour."""
    return encoded(Image.new("RGB", size, color), "PNG")


def gathered(folder: Path, files: dict[str, bytes], patterns: Patterns = NO_PATTERNS) -> Pictures:
    """Gather the pictures of a zip archive with these files."""
    with zipfile.ZipFile(folder / "set.zip", "w") as made:
        for name, data in files.items():
            made.writestr(name, data)
    (folder / "pictures").mkdir()
    return gather(folder / "set.zip", folder / "pictures", Wanted(30, MOST, patterns, 0))


def names(pictures: Pictures) -> dict[str, list[str]]:
    """Return the names of contents and styles."""
    return {side: [each.name for each in found] for side, found in pictures.sides.items()}


@pytest.mark.parametrize(
    ("name", "side"),
    [
        ("content/cat.jpg", "content"),
        ("Archive/STYLES/monet/1.jpg", "style"),
        ("content-cat.jpg", "content"),
        ("style_2.png", "style"),
        ("style2.png", "style"),
        ("стиль/витраж.png", "style"),
        ("style/content-cat.jpg", "style"),
        ("content/style/cat.jpg", "style"),
        ("cats/1.jpg", None),
        ("contentment.jpg", None),
        ("lifestyle/cat.jpg", None),
    ],
)
def test_folders_and_names_tell_contents_from_styles(name: str, side: str | None) -> None:
    """The nearest folder before the file's own name."""
    assert side_of(name, NO_PATTERNS) == side


def test_patterns_decide_before_names() -> None:
    """As the archive of the published work has cats and stained glass."""
    patterns: Patterns = {"content": ["cats/*"], "style": ["*glass*"]}
    found = [side_of(name, patterns) for name in ("images/cats/1.jpg", "images/stained glass/1.jpg", "style/x.jpg")]
    assert found == ["content", None, "style"]
    assert side_of("style/cat.jpg", {"content": ["*.jpg"], "style": []}) == "content"


def test_pictures_are_kept_at_the_size_of_the_study(tmp_path: Path) -> None:
    """Losslessly, and enlarged where they are smaller; metrics are computed with these files."""
    found = gathered(tmp_path, {"content/a.png": picture("red"), "style/b.png": picture("lime", (10, 20))})
    assert not found.lacking
    assert found.skipped == []
    [content], [style] = found.sides["content"], found.sides["style"]
    kept = [load_image(tmp_path / "pictures" / each.file) for each in (content, style)]
    assert [image.size for image in kept] == [(30, 20), (15, 30)]
    assert np.asarray(kept[0]).reshape(-1, 3).tolist() == [[255, 0, 0]] * 600
    assert content.digest == hashlib.sha256((tmp_path / "pictures" / content.file).read_bytes()).hexdigest()


def test_what_is_not_used_is_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    """Damaged pictures, other files, pictures of no side, and more than are wanted; the next ones take their places."""
    found = gathered(
        tmp_path,
        {
            "content/0.jpg": picture("red")[:50],
            "content/1.jpg": b"a text",
            "content/2.jpg": picture("red"),
            "content/3.jpg": picture("red"),
            "content/4.jpg": picture("red"),
            "content/5.jpg": picture("red"),
            "notes.txt": b"hello",
            "other/cat.png": picture("red"),
            "style/1": picture("blue"),
        },
    )
    assert names(found) == {"content": ["content/2.jpg", "content/3.jpg"], "style": ["style/1"]}
    assert found.lacking
    assert sorted(found.skipped) == [
        "2 more of content, from content/4.jpg on, are not used: 2 are enough.",
        "content/0.jpg is a damaged or incomplete picture.",
        "content/1.jpg is not a picture.",
        "notes.txt is not named like a picture.",
        "other/cat.png is neither in a folder named content or style, nor named so itself.",
    ]


def test_thousands_of_files_make_a_short_report(tmp_path: Path) -> None:
    """They are counted behind the first ones."""
    found = gathered(tmp_path, {"content/a.png": picture("red"), **{f"{n:05}.txt": b"" for n in range(5000)}})
    assert len(found.skipped) == MOST_SENTENCES + 2
    assert "4900 more files of set.zip are not used." in found.skipped


def test_one_picture_alone_is_a_content_and_the_drawn_styles_are_its_styles(tmp_path: Path) -> None:
    """And the report says so."""
    found = gathered(tmp_path, {"cat.png": picture("red")})
    assert names(found) == {"content": ["cat.png"], "style": ["style/stained-glass.png", "style/mosaic.png"]}
    assert found.lacking
    assert found.skipped == ["set.zip has no style that can be used; default pictures take its place."]


def test_without_an_archive_photographs_are_painted_like_drawn_styles(tmp_path: Path) -> None:
    """The cat is the first; another seed draws other styles."""
    first, second = (gather(None, tmp_path, Wanted(30, MOST, NO_PATTERNS, seed)) for seed in (0, 1))
    assert names(first)["content"] == ["content/chelsea.png", "content/coffee.png"]
    assert not first.lacking
    assert first.sides["content"] == second.sides["content"]
    assert first.sides["style"] != second.sides["style"]


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({}, "There are no pictures in set.zip, it is empty."),
        ({"a.txt": b"", ".b.png": b""}, "There are no pictures in set.zip (.b.png is a hidden file; a.txt is not"),
        ({"cats/1.png": b"1", "glass/1.png": b"2"}, "It is not clear which pictures of set.zip are contents and which"),
    ],
)
def test_where_nothing_can_be_painted_a_sentence_says_what_to_do(
    tmp_path: Path, files: dict[str, bytes], sentence: str
) -> None:
    """Before anything is read."""
    with pytest.raises(EngineError) as raised:
        gathered(tmp_path, files)
    assert str(raised.value).startswith(sentence)
