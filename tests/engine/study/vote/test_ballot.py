"""Which question comes next."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from engine.errors import EngineError
from engine.study.records import Results
from engine.study.vote import ranks
from engine.study.vote.ballot import Ballot, NothingToCompareError, Question
from engine.study.vote.store import Vote, VoteStore
from tests.support.vote_study import small_study


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A study of three methods on two pairs: six questions."""
    small_study(tmp_path)
    return tmp_path


def methods(results: Results, question: Question) -> tuple[str, str]:
    """Return whose outputs a question shows."""
    return results.painted[question.left].method, results.painted[question.right].method


def test_every_contest_has_its_turn_before_one_has_two(tmp_path: Path) -> None:
    """The first votes are balanced over methods and pairs, and a voter is asked nothing twice."""
    results = small_study(tmp_path, contents=4, styles=3)
    ballot, contests, pairs = Ballot(tmp_path), Counter[frozenset[str]](), Counter[tuple[str, str]]()
    for number in range(1, 37):
        question = ballot.next("ann")
        assert question is not None
        contests[frozenset(methods(results, question))] += 1
        row = results.painted[question.left]
        pairs[row.content, row.style] += 1
        ballot.cast("ann", question, "equal")
        if number in (3, 12, 36):
            assert set(contests.values()) == {number // 3}
            assert max(pairs.values()) <= -(-number // 12)
    assert ballot.next("ann") is None
    assert ballot.count("ann") == 36
    assert ballot.next("bob") is not None


def test_the_contest_of_which_least_is_known_comes_next(study: Path) -> None:
    """After clear votes on two contests and close ones on the third, the third is asked again."""
    results, store = small_study(study), VoteStore(study)
    content, style = results.painted[0].content, results.painted[0].style
    for number in range(6):
        vote = Vote(f"voter {number}", content, style, "standard", "reinhard", "left")
        store.cast(vote)
        store.cast(replace(vote, left="kuwahara", right="standard", choice="right"))
        store.cast(replace(vote, left="kuwahara", choice="left" if number % 2 else "right"))
    question = Ballot(study).next("ann")
    assert question is not None
    assert set(methods(results, question)) == {"kuwahara", "reinhard"}


def test_sides_are_by_chance_and_the_same_for_the_same_voter(tmp_path: Path) -> None:
    """Each method stands on the left about as often as on the right; asking again changes nothing."""
    results, lefts = small_study(tmp_path), Counter[bool]()
    ballot = Ballot(tmp_path)
    for number in range(60):
        question = ballot.next(f"voter {number}")
        assert question == ballot.next(f"voter {number}")
        assert question is not None
        lefts[methods(results, question) == tuple(sorted(methods(results, question)))] += 1
    assert 15 <= lefts[True] <= 45


def test_another_question_and_undo(study: Path) -> None:
    """What is passed over is not asked at once; what is taken back is asked as it was."""
    ballot = Ballot(study)
    question = ballot.next("ann")
    assert question is not None
    other = ballot.next("ann", but=question)
    assert other is not None
    assert {other.left, other.right} != {question.left, question.right}
    ballot.cast("ann", other, "right")
    assert ballot.undo("ann") == other
    assert ballot.undo("ann") is None
    assert ballot.votes() == []


def test_a_question_is_shown_with_its_content_and_style(study: Path) -> None:
    """All four pictures belong to one pair, and lie in the study's folder."""
    results, question = small_study(study), Ballot(study).next("ann")
    assert question is not None
    names = {row.file: row for row in results.painted}
    rows = [names[path.name] for path in (question.content, question.style, *question.pictures)]
    assert [row.method for row in rows[:2]] == ["content", "style"]
    assert len({(row.content, row.style) for row in rows}) == 1
    assert rows[2:] == [results.painted[question.left], results.painted[question.right]]


@pytest.mark.parametrize("numbers", [(0, 0), (-1, 2), (2, 999), (0, 2), (2, 7)])
def test_numbers_that_are_no_question(study: Path, numbers: tuple[int, int]) -> None:
    """Out of the list, a control, or outputs of different pairs."""
    assert Ballot(study).question(2, 3) is not None
    assert Ballot(study).question(*numbers) is None


def test_a_file_outside_of_the_folder_is_no_picture_of_the_study(study: Path) -> None:
    """Results from elsewhere cannot make the page show another file; with it all questions of a method are gone."""
    results = Results.from_json((study / "results.json").read_bytes())
    (study / "secret.png").write_bytes(b"secret")
    painted = [
        msgspec.structs.replace(row, file="../secret.png") if row.method == "standard" else row
        for row in results.painted
    ]
    (study / "results.json").write_bytes(msgspec.structs.replace(results, painted=painted).to_json())
    ballot = Ballot(study)
    assert ballot.contests == 1
    question = ballot.next("ann")
    assert question is not None
    assert set(methods(results, question)) == {"kuwahara", "reinhard"}


def test_other_parameters_and_other_seeds_of_a_method_are_not_put_to_the_vote(study: Path) -> None:
    """A method contends with the first output of a pair, as the main comparison has it."""
    results = Results.from_json((study / "results.json").read_bytes())
    more = [msgspec.structs.replace(row, parameters={"steps": 9}) for row in results.painted]
    seeds = [msgspec.structs.replace(row, seed=1) for row in results.painted]
    changed = msgspec.structs.replace(results, painted=[*seeds, *results.painted, *more])
    (study / "results.json").write_bytes(changed.to_json())
    ballot, first = Ballot(study), len(seeds)
    assert ballot.question(first + 2, first + 3) is not None
    assert ballot.question(2, 3) is None
    assert ballot.question(first + 2, 2 * first + 3) is None


def test_votes_on_what_the_results_lack_do_not_count(study: Path) -> None:
    """As after another run into the same folder."""
    VoteStore(study).cast(Vote("ann", "gone.jpg", "glass-0.png", "standard", "reinhard", "left"))
    assert Ballot(study).votes() == []
    assert ranks(study) is None


def test_ranks_of_the_folder(study: Path) -> None:
    """None before anybody voted; then the method that wins is first, and no interval is infinite."""
    results = small_study(study)
    assert ranks(study) is None
    ballot = Ballot(study)
    for voter in ("ann", "bob"):
        while (question := ballot.next(voter)) is not None:
            shown = methods(results, question)
            ballot.cast(
                voter, question, "equal" if "standard" not in shown else ("left", "right")[shown.index("standard")]
            )
    found = ranks(study)
    assert found is not None
    assert next(iter(found)) == "standard"
    assert all(-20 < each.low < each.value < each.high < 20 for each in found.values())


def test_a_folder_without_a_vote_to_take(tmp_path: Path) -> None:
    """No results, something else, or results with nothing to compare."""
    with pytest.raises(EngineError, match=r"not the folder of a study: results\.json, No such file"):
        Ballot(tmp_path)
    (tmp_path / "results.json").write_text("{}")
    with pytest.raises(EngineError, match="not the results of a study"):
        Ballot(tmp_path)
    small_study(tmp_path)
    for picture in (tmp_path / "pictures").iterdir():
        picture.unlink()
    with pytest.raises(NothingToCompareError, match="no two outputs to vote on"):
        Ballot(tmp_path)
    assert ranks(tmp_path) is None


def test_the_chat_can_ask_without_torch() -> None:
    """Nor does it load the libraries of statistics."""
    program = "import sys, engine.study.vote.ballot; assert not {'torch', 'scipy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)
