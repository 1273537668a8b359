"""Which two outputs a voter is asked about next, and what becomes of the answer. It loads neither torch nor scipy.

The outputs of the families "neural" and "traditional" are put to the vote, since the study asks about these; grids,
ablations and combinations differ too little for people's time, and controls are no paintings.

The next two methods are those of whose contest least is known: the share of votes that one of them wins has the
variance ab / ((a + b)² (a + b + 1)) of a beta distribution, with a and b its wins and losses plus one (the prior is
uniform) and a vote for equal half of each. So at first every contest has its turn, and later those that stay close have
more turns than clear ones. Among equals the methods, and then the pictures, that were shown least come first, so that
the design is balanced from the first vote on; chance decides the rest, and the sides, by the voter's number.
"""

from __future__ import annotations

import hashlib
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

from engine.errors import EngineError
from engine.study.records import Painted, Results
from engine.study.vote.store import Choice, Vote, VoteStore

FAMILIES = ("neural", "traditional")
SHOWN = ("content", "style")
"""Controls whose outputs are the content and the style, at the size of the others."""


class NothingToCompareError(EngineError):
    """The results have no two outputs that could be put to the vote."""


class Pair(NamedTuple):
    """File names of a content and a style."""

    content: str
    style: str


class Output(NamedTuple):
    """A picture that is put to the vote: all of its row that is kept, since losses and metrics of a study are many."""

    method: str
    pair: Pair
    path: Path


@dataclass(frozen=True)
class Question:
    """Two outputs of the same content and style; numbers count the rows of `results.json` from 0.

    Attributes:
        left: Number of the output on the left.
        right: Number of the output on the right.
        content: Path of the content picture.
        style: Path of the style picture.
        pictures: Paths of both outputs, the left one first.
    """

    left: int
    right: int
    content: Path
    style: Path
    pictures: tuple[Path, Path]


class Ballot:
    """The vote on the outputs of a study.

    Args:
        folder: Of a finished study, with `results.json` and `pictures/`.

    Attributes:
        key: Names these results: another run of the study has another key.
        contests: How many different two methods can be compared.

    Raises:
        EngineError: The folder has no results.
        NothingToCompareError: Nothing in them can be compared.
    """

    def __init__(self, folder: Path) -> None:
        try:
            data = (folder / "results.json").read_bytes()
        except OSError as error:
            raise EngineError(f"{folder} is not the folder of a study: results.json, {error.strerror}.") from None
        results = Results.from_json(data)
        self.key = hashlib.sha256(data).hexdigest()[:8]
        self._votes = VoteStore(folder)
        usable = _usable(results, folder / "pictures")
        given = {(each.method, each.pair): each.path for each in usable.values() if each.method in SHOWN}
        self._given = {
            pair: (given["content", pair], given["style", pair])
            for name, pair in given
            if name == "content" and ("style", pair) in given
        }
        self._outputs: dict[int, Output] = {}
        self._numbers: dict[Pair, dict[str, int]] = {}
        for number, output in usable.items():
            methods = self._numbers.setdefault(output.pair, {})
            contends = results.painted[number].family in FAMILIES and output.pair in self._given
            if contends and output.method not in methods:  # later ones of its name have other parameters
                methods[output.method] = number
                self._outputs[number] = output
        self.contests = len({frozenset(methods) for _, methods in self._questions()})
        if not self.contests:
            raise NothingToCompareError(f"{folder} has no two outputs to vote on: run a study with more methods first.")

    def _questions(self) -> Iterable[tuple[Pair, tuple[str, str]]]:
        for pair, methods in self._numbers.items():
            for first, second in combinations(sorted(methods), 2):
                yield pair, (first, second)

    def votes(self) -> list[Vote]:
        """Return the votes on pictures that these results have."""
        return [
            vote
            for vote in self._votes.votes()
            if {vote.left, vote.right} <= self._numbers.get(Pair(vote.content, vote.style), {}).keys()
        ]

    def count(self, voter: str) -> int:
        """Return how often somebody has voted."""
        return sum(vote.voter == voter for vote in self.votes())

    def next(self, voter: str, *, but: Question | None = None) -> Question | None:
        """Return what to ask a voter next; None if nothing is left.

        Args:
            voter: Random number of the voter.
            but: What not to ask now.
        """
        votes = self.votes()
        asked = {_asked(vote) for vote in votes if vote.voter == voter}
        if but is not None:
            asked.add(_asked(self._vote(voter, but, "equal")))
        left = [each for each in self._questions() if (each[0], frozenset(each[1])) not in asked]
        if not left:
            return None
        chance = random.Random(f"{voter} {len(asked)} {but and (but.left, but.right)}")
        chance.shuffle(left)
        urgency = _Urgency(votes)
        pair, methods = min(left, key=lambda each: urgency(*each))
        first, second = chance.sample(methods, 2)
        return self.question(self._numbers[pair][first], self._numbers[pair][second])

    def question(self, left: int, right: int) -> Question | None:
        """Return the question about two outputs by their numbers; None if there is no such question."""
        one, other = self._outputs.get(left), self._outputs.get(right)
        if one is None or other is None or one.pair != other.pair or left == right:
            return None
        return Question(left, right, *self._given[one.pair], (one.path, other.path))

    def cast(self, voter: str, question: Question, choice: Choice) -> None:
        """Record a vote durably; it replaces the voter's earlier one on the same two outputs."""
        self._votes.cast(self._vote(voter, question, choice))

    def _vote(self, voter: str, question: Question, choice: Choice) -> Vote:
        one, other = self._outputs[question.left], self._outputs[question.right]
        return Vote(voter, *one.pair, one.method, other.method, choice)

    def undo(self, voter: str) -> Question | None:
        """Take back the voter's last vote, and return its question; None if there is none, or its pictures are gone."""
        vote = self._votes.undo(voter)
        numbers = self._numbers.get(Pair(vote.content, vote.style), {}) if vote else {}
        if vote is None or not {vote.left, vote.right} <= numbers.keys():
            return None
        return self.question(numbers[vote.left], numbers[vote.right])

    def forget(self, voter: str) -> None:
        """Delete every vote of a voter."""
        self._votes.forget(voter)


def _usable(results: Results, pictures: Path) -> dict[int, Output]:
    """Return the outputs of the first seed by number, where their file is a picture in the folder and no path out."""

    def is_in_folder(row: Painted) -> bool:
        if row.file is None or Path(row.file).name != row.file:
            return False
        path = pictures / row.file
        return path.is_file() and not path.is_symlink()

    return {
        number: Output(row.method, Pair(row.content, row.style), pictures / str(row.file))
        for number, row in enumerate(results.painted)
        if row.seed == results.settings.seed and is_in_folder(row)
    }


def _asked(vote: Vote) -> tuple[Pair, frozenset[str]]:
    return Pair(vote.content, vote.style), frozenset((vote.left, vote.right))


class _Urgency:
    """The order in which questions are asked: the least comes first."""

    def __init__(self, votes: Iterable[Vote]) -> None:
        self._won: Counter[tuple[str, str]] = Counter()  # doubled, so that half a win is a whole number
        self._shown: Counter[str | Pair] = Counter()
        for vote in votes:
            wins = {"left": 2, "equal": 1, "right": 0}[vote.choice]
            self._won[vote.left, vote.right] += wins
            self._won[vote.right, vote.left] += 2 - wins
            self._shown.update((vote.left, vote.right, Pair(vote.content, vote.style)))

    def __call__(self, pair: Pair, methods: tuple[str, str]) -> tuple[float, int, int]:
        one, other = methods
        a, b = 1 + self._won[one, other] / 2, 1 + self._won[other, one] / 2
        variance = a * b / ((a + b) ** 2 * (a + b + 1))
        return -variance, self._shown[one] + self._shown[other], self._shown[pair]
