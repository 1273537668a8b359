"""An explanation in words: its stages with their sentences, code and tables, for the page and the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import torch

from engine.errors import OptionsError
from engine.paper.explain import Explanation, InsertedLoss, Unpacked
from engine.paper.texts import TEXTS
from engine.paper.transfer import IMSIZE

TABLE_STEP = 20
"""Iterations between two rows of the table of losses."""

Row = tuple[str, ...]


@dataclass(frozen=True)
class Stage:
    """One stage of the algorithm.

    Attributes:
        name: Which; the page shows pictures with some.
        title: Its heading.
        paragraphs: Sentences.
        code: What Python prints; may be empty.
        rows: A table, the first row of which are headings; may be empty.
    """

    name: Literal["unpacked", "loaded", "network", "scores", "result"]
    title: str
    paragraphs: Sequence[str]
    code: str = ""
    rows: Sequence[Row] = ()


class Words:
    """The words of one language.

    Raises:
        OptionsError: There are no texts in this language.
    """

    def __init__(self, language: str) -> None:
        if language not in TEXTS:
            raise OptionsError(f"Language must be {' or '.join(TEXTS)}, not {language!r}.")
        self.language = language

    def __call__(self, name: str, /, **fields: object) -> str:
        """The sentence of this name, with its fields filled in."""
        return TEXTS[self.language][name].format(**fields)

    def number(self, value: float) -> str:
        """A number with two decimals."""
        written = f"{value:,.2f}"
        return (
            written.translate({ord(","): "\N{NARROW NO-BREAK SPACE}", ord("."): ","})
            if self.language == "ru"
            else written
        )

    def size(self, picture: Unpacked) -> str:
        """Name and size of a given picture."""
        return self("size", name=picture.name, width=picture.image.width, height=picture.image.height)


def stages(seen: Explanation, words: Words) -> list[Stage]:
    """Put an explanation in words, stage by stage."""
    count = len(seen.scores)
    shape = _shape((1, 3, IMSIZE, IMSIZE))
    made = words("made", weights=seen.weights, count=count, seconds=round(seen.seconds), torch=torch.__version__)
    return [
        Stage(
            "unpacked",
            words("unpacked_title"),
            [f"{words('content')}: {words.size(seen.content)}", f"{words('style')}: {words.size(seen.style)}"],
        ),
        Stage("loaded", words("loaded_title"), [words("loaded", edge=IMSIZE, shape=shape)]),
        Stage(
            "network",
            words("network_title"),
            [words("network")],
            code=seen.network,
            rows=[(words("loss"), words("sees"), words("target")), *(_loss_row(loss, words) for loss in seen.losses)],
        ),
        Stage(
            "scores",
            words("scores_title"),
            [words("scores", steps=seen.num_steps, count=count), *_course(seen, words)],
            rows=[tuple(map(words, ("iteration", "style", "content", "total"))), *_score_rows(seen, words)],
        ),
        Stage(
            "result",
            words("result_title"),
            [words("result"), made, *([words("builtin")] if seen.weights == "builtin" else [])],
        ),
    ]


def _shape(shape: Sequence[int]) -> str:
    return " × ".join(map(str, shape))


def _loss_row(loss: InsertedLoss, words: Words) -> Row:
    kind = "target_content" if loss.name.startswith("content") else "target_style"
    return loss.name, _shape(loss.features), words(kind, shape=_shape(loss.target))


def _score_rows(seen: Explanation, words: Words) -> Iterator[Row]:
    for scores in seen.scores:
        if scores.evaluation == 1 or scores.evaluation % TABLE_STEP == 0:
            numbers = (scores.style, scores.content, scores.total)
            yield str(scores.evaluation), *map(words.number, numbers)


def _course(seen: Explanation, words: Words) -> Iterator[str]:
    """What is to be said of the course of the losses."""
    best, last = seen.best, seen.scores[-1]
    yield words("lowest", total=words.number(best.total), number=best.evaluation)
    if not last.total <= 1.01 * best.total:
        yield words("worse", total=words.number(last.total))
