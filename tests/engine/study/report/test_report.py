"""The files of a report: what is in them, in both languages, from hostile names, the same each time."""

from __future__ import annotations

import csv
import io
import re
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import msgspec
import pytest

from engine.study.methods import GRIDS, METHODS
from engine.study.metrics import METRICS
from engine.study.records import Results
from engine.study.report import thumbnails, write
from engine.study.report.answer import pictures_or_weights
from engine.study.report.texts import LANGUAGES, Language, texts
from engine.study.statistics.analysis import COMBINED, analyse
from engine.study.statistics.validity import CONTENT, STYLE
from engine.study.statistics.verdict import NEURAL, OPTIMISED, REDUNDANT
from engine.study.vote.store import Vote, VoteStore
from tests.support.study_results import PLACES, draw_pictures, made_up_results

HOSTILE = "<script>alert(1)</script>\"'&`|*$x$ [a](javascript:b) %2e\u202e{}"
VOID = {"meta", "img", "br", "hr", "input", "link"}


class Reader(HTMLParser):
    """Reads a page strictly: every element is closed where it must be."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.scripts: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        assert len(dict(attrs)) == len(attrs), f"an attribute stands twice in {tag}"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element of SVG without contents."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Only the element that was opened last can end."""
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """Gather what is read."""
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)
        elif not self.open or self.open[-1] != "style":
            self.text += data

    def all(self, attribute: str) -> list[str]:
        """Return the values of an attribute in all elements."""
        return [value for _, attributes in self.elements if (value := attributes.get(attribute)) is not None]


FEW = {name: PLACES[name] for name in ("content", "style", "blend", "standard", "quilting")}


@pytest.fixture(scope="module")
def results() -> Results:
    """Results whose file names are hostile, with a failed picture."""
    found = made_up_results(4, 3, name=lambda name: f"{HOSTILE}{name}")
    failed = msgspec.structs.replace(
        found.painted[5], error=f"It failed: {HOSTILE}.", file=None, seconds=None, metrics={}
    )
    return msgspec.structs.replace(found, painted=[*found.painted, failed], skipped=[f"{HOSTILE}.txt: no picture."])


@pytest.fixture(scope="module")
def folder(results: Results, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report in English."""
    folder = tmp_path_factory.mktemp("report")
    draw_pictures(results, folder)
    write(results, folder, "en")
    return folder


def test_the_page_is_whole_and_alone(folder: Path) -> None:
    """Well formed, with unique ids, every reference met, and nothing loaded from anywhere."""
    page = Reader((folder / "report.html").read_text(encoding="utf-8"))
    ids = page.all("id")
    assert len(set(ids)) == len(ids)
    references = [href[1:] for href in page.all("href") if href.startswith("#")]
    references += [name for clip in page.all("clip-path") for name in re.findall(r"url\(#(.*?)\)", clip)]
    assert set(references + page.all("aria-labelledby")) <= set(ids)
    assert all(source.startswith("data:image/webp;base64,") for source in page.all("src"))
    linked = [href for href in page.all("href") if not href.startswith("#")]
    assert len(linked) > 100
    assert all((folder / unquote(href)).is_file() for href in linked)
    assert {tag for tag, _ in page.elements} & {"link", "iframe", "object", "embed", "base", "form"} == set()
    assert not re.search(r"url\((?!#)|@import", "".join(page.all("style")))
    assert all(each.get("alt") for tag, each in page.elements if tag == "img" and "src" in each)


def test_hostile_names_are_text(folder: Path) -> None:
    """In headings, tables, captions and plots; the only script is ours, and the page allows no other."""
    text = (folder / "report.html").read_text(encoding="utf-8")
    page = Reader(text)
    assert page.scripts == [files("engine.study.report").joinpath("templates", "page.js").read_text(encoding="utf-8")]
    assert page.text.count(HOSTILE) > 20
    assert "<script>alert" not in text
    policy = next(e["content"] for t, e in page.elements if t == "meta" and e.get("http-equiv"))
    assert policy is not None
    assert policy.startswith("default-src 'none'")
    assert "script-src 'sha256-" in policy
    assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes)


def test_markdown_shows_hostile_names_as_they_are(folder: Path) -> None:
    """No name begins a tag, a table's cell, a link or emphasis; all rows of a table have as many cells."""
    text = (folder / "report.md").read_text(encoding="utf-8")
    assert "<script" not in text.replace("\\<script", "")
    assert r"\[a\](javascript:b)" in text
    blocks = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    assert len(blocks) > 8
    for block in blocks:
        assert len({len(re.findall(r"(?<!\\)\|", row)) for row in block.splitlines()}) == 1
    for plot in re.findall(r"\]\((plots/.*?\.svg)\)", text):
        root = ElementTree.fromstring((folder / plot).read_text(encoding="utf-8"))  # noqa: S314 - our own file
        assert root.tag.endswith("svg")


def test_csv_has_a_row_for_each_picture_and_metric(folder: Path, results: Results) -> None:
    """With the names as in the archive and values that read back as they were."""
    rows = list(csv.reader(io.StringIO((folder / "results.csv").read_text(encoding="utf-8"), newline="")))
    assert rows[0] == ["content", "style", "method", "parameters", "metric", "value"]
    assert len(rows) - 1 == sum(len(row.metrics) for row in results.painted)
    first = results.painted[0]
    assert rows[1][:3] == [first.content, first.style, first.method]
    assert msgspec.json.decode(rows[1][3]) == {"seed": 0, "size": 256}
    assert float(rows[1][5]) == first.metrics[rows[1][4]]
    assert {row[5] for row in rows if row[4] == "lpips"} == {""}
    assert Results.from_json((folder / "results.json").read_bytes()) == results


def test_the_same_results_give_the_same_files(folder: Path, results: Results, tmp_path: Path) -> None:
    """Byte for byte, whatever was drawn before."""
    draw_pictures(results, tmp_path)
    write(results, tmp_path, "en")
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    assert len(names) > 20
    assert [name for name in names if (folder / name).read_bytes() != (tmp_path / name).read_bytes()] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_is_in_both_languages(language: Language) -> None:
    """With the same values."""

    def messages(name: str) -> dict[str, set[str]]:
        text = files("engine.study.report").joinpath("locales", f"{name}.ftl").read_text(encoding="utf-8")
        blocks = re.findall(r"^([a-z][\w-]*) =(.*(?:\n[ \t}].*)*)", text, re.MULTILINE)
        return {key: set(re.findall(r"\$(\w+)", body)) for key, body in blocks}

    known = {key: used for key, used in messages(language).items() if not key.startswith(("metric-", "method-"))}
    assert len(known) > 150
    assert known.keys() == messages("en").keys()
    assert {key: used - messages("en")[key] for key, used in known.items() if used - messages("en")[key]} == {}


def test_every_metric_and_method_has_a_russian_title() -> None:
    """The English ones come with them; and every metric that the verdict leaves out exists."""
    russian = texts("ru")
    metrics = {name.removesuffix("-other") for name in METRICS}
    assert [name for name in metrics if not russian.knows(f"metric-{name}")] == []
    assert [
        name for name in (*METHODS, *(f"grid-{each}" for each in GRIDS)) if not russian.knows(f"method-{name}")
    ] == []
    assert METRICS.keys() >= OPTIMISED | REDUNDANT
    assert {NEURAL, COMBINED, CONTENT, STYLE} <= METHODS.keys()


def test_russian(results: Results, folder: Path) -> None:
    """The page says its language and has no English sentence of ours."""
    draw_pictures(results, folder)
    page = Reader(write(results, folder, "ru").read_text(encoding="utf-8"))
    assert next(e["lang"] for t, e in page.elements if t == "html") == "ru"
    assert "Изображений слишком мало для ответа" in page.text
    for sentence in ("The answer", "Each row begins", "mean rank", "nobody", "against"):
        assert sentence not in page.text


def test_pictures_have_a_budget(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What does not fit is counted, and the page stays small; pairs that are shown begin with every content."""
    results = made_up_results(6, 6, places=FEW, repeated=False, grid=())
    draw_pictures(results, tmp_path)
    monkeypatch.setattr(thumbnails, "BUDGET", 60_000)
    text = write(results, tmp_path, "en").read_text(encoding="utf-8")
    sources = Reader(text).all("src")
    assert 20 < len(sources) < 100
    assert sum(map(len, sources)) <= 60_000
    assert "more pairs are in the folder" in text


def test_a_missing_or_damaged_picture_is_left_out(tmp_path: Path) -> None:
    """The rest of the report is made."""
    results = made_up_results(2, 2, places=FEW, repeated=False, grid=())
    draw_pictures(results, tmp_path)
    (tmp_path / "pictures" / "0000.png").unlink()
    (tmp_path / "pictures" / "0001.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    page = Reader(write(results, tmp_path, "en").read_text(encoding="utf-8"))
    assert "pictures/0000.png" not in page.all("href")
    assert "pictures/0002.png" in page.all("href")


@pytest.mark.parametrize("language", LANGUAGES)
def test_reports_of_little_or_nothing(language: Language, tmp_path: Path) -> None:
    """One pair; nothing but failures; no neural method: the page says so in every case."""
    one = made_up_results(1, 1, places=FEW, repeated=False, grid=())
    failed = [msgspec.structs.replace(row, error="no memory", metrics={}, file=None, losses=[]) for row in one.painted]
    others = {name: place for name, place in FEW.items() if name != "standard"}
    for found in (
        one,
        msgspec.structs.replace(one, painted=failed),
        msgspec.structs.replace(one, painted=[]),
        made_up_results(3, 2, places=others, grid=(1.0,)),
    ):
        draw_pictures(found, tmp_path)
        page = Reader(write(found, tmp_path, language).read_text(encoding="utf-8"))
        assert any(
            word in page.text for word in ("That is too little", "No answer can be", "Для ответа этого", "Ответа дать")
        )


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    """A method whose library is absent, and a metric whose weights are."""
    results = made_up_results(1, 1, places=FEW, repeated=False, grid=())
    absent = msgspec.structs.replace(results.methods[-1], name="oil-painting", missing="OpenCV is not installed.")
    page = Reader(
        write(msgspec.structs.replace(results, methods=[*results.methods, absent]), tmp_path, "en").read_text("utf-8")
    )
    failures = page.text.partition("What could not be painted.")[2].partition("Settings of the study.")[0]
    assert "OpenCV is not installed." in failures
    assert "weights absent" in failures


@pytest.mark.parametrize(
    ("styles", "grid", "sentence"),
    [
        (3, (), "No grid of weights was painted"),
        (1, (0.1, 1.0), "for one style picture alone"),
        (3, (0.1, 1.0, 10.0), "found the opposite"),
    ],
)
def test_the_influence_of_the_weights_in_words(styles: int, grid: tuple[float, ...], sentence: str) -> None:
    """It is compared with that of the pictures only where several were painted; in these results it is all."""
    found = analyse(made_up_results(3, styles, places=FEW, repeated=False, grid=grid))
    assert sentence in pictures_or_weights(found, texts("en"))


def test_votes_are_part_of_the_report(tmp_path: Path) -> None:
    """Their ranks are a table, and the answer names whom people prefer."""
    results = made_up_results(5, 4, places=FEW, repeated=False, grid=())
    draw_pictures(results, tmp_path)
    page = Reader(write(results, tmp_path, "en").read_text(encoding="utf-8"))
    assert "nobody has voted yet" in page.text
    store = VoteStore(tmp_path)
    for content, style in {(row.content, row.style) for row in results.painted}:
        for voter in "abc":
            store.cast(Vote(voter, content, style, "standard", "quilting", "left"))
    page = Reader(write(results, tmp_path, "en").read_text(encoding="utf-8"))
    assert "preferred the neural picture to that of “quilting”" in page.text
    assert "nobody has voted yet" not in page.text
    assert "votes" in page.all("id")
