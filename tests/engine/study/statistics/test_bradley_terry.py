"""Bradley–Terry strengths: known answers, recovery of simulated strengths, and data without a finite maximum."""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
import pytest
from scipy.special import expit

from engine.study.statistics import bradley_terry
from engine.study.statistics.bradley_terry import fit, strengths
from engine.study.vote.store import Choice, Vote


def votes_of(first: str, second: str, choices: dict[Choice, int]) -> list[Vote]:
    """Return votes of two methods, each by another voter on another pair of pictures."""
    names = [choice for choice, count in choices.items() for _ in range(count)]
    return [Vote(f"v{n}", f"c{n}", "s", first, second, choice) for n, choice in enumerate(names)]


def test_two_methods_without_a_prior_differ_by_the_log_of_the_odds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The closed form: 30 wins of 40 are odds of 3 to 1; a vote for equal is half of each."""
    monkeypatch.setattr(bradley_terry, "SPREAD", 1e4)
    [one, other] = fit(np.array([[0.0, 30.0], [10.0, 0.0]]))
    assert one - other == pytest.approx(math.log(3), abs=1e-6)
    assert one + other == pytest.approx(0, abs=1e-6)
    found = strengths(votes_of("a", "b", {"left": 25, "equal": 10, "right": 5}))
    assert found["a"].value - found["b"].value == pytest.approx(math.log(3), abs=1e-6)


def test_the_maximum_satisfies_the_equations_of_the_likelihood() -> None:
    """For each method: wins = expected wins + the pull of the prior, as the derivative says."""
    wins = np.array([[0, 7, 3.5], [2, 0, 6], [1.5, 4, 0]])
    theta = fit(wins)
    expected = ((wins + wins.T) * expit(theta[:, None] - theta[None, :])).sum(axis=1)
    assert wins.sum(axis=1) == pytest.approx(expected + theta / bradley_terry.SPREAD**2, abs=1e-8)
    assert theta.sum() == pytest.approx(0, abs=1e-8)


def test_the_prior_hardly_moves_what_dozens_of_votes_say() -> None:
    """Odds of 3 to 1 from 40 votes stay within two per cent."""
    [one, other] = fit(np.array([[0.0, 30.0], [10.0, 0.0]]))
    assert one - other == pytest.approx(math.log(3), rel=0.02)


def test_undecided_voters_count_for_both() -> None:
    """3 against 1 is a lead; with 96 who see no difference it is none."""
    clear = strengths(votes_of("a", "b", {"left": 3, "right": 1}))
    undecided = strengths(votes_of("a", "b", {"left": 3, "right": 1, "equal": 96}))
    assert clear["a"].value - clear["b"].value > 0.9
    assert 0 < undecided["a"].value - undecided["b"].value < 0.1


def test_the_side_makes_no_difference() -> None:
    """Exchanging sides and choices gives the same strengths."""
    votes = votes_of("a", "b", {"left": 9, "equal": 2, "right": 4})
    turned: dict[Choice, Choice] = {"left": "right", "equal": "equal", "right": "left"}
    mirrored = [Vote(v.voter, v.content, v.style, v.right, v.left, turned[v.choice]) for v in votes]
    assert strengths(mirrored) == strengths(votes)


def test_simulated_strengths_lie_within_their_intervals() -> None:
    """At least 92 of 100 true strengths, of 20 studies of 5 methods, 12 voters and 9 pairs; the order comes out too."""
    generator = np.random.default_rng(3)
    true = {"a": 1.2, "b": 0.5, "c": 0.0, "d": -0.6, "e": -1.1}
    inside = 0
    for _ in range(20):
        votes = [
            Vote(f"v{voter}", f"c{generator.integers(9)}", "s", one, other, "left" if won else "right")
            for voter in range(12)
            for one, other in combinations(true, 2)
            if (won := generator.random() < expit(true[one] - true[other])) is not None
        ]
        found = strengths(votes)
        inside += sum(found[name].low <= value <= found[name].high for name, value in true.items())
        assert next(iter(found)) in "ab"
    assert inside >= 92


@pytest.mark.parametrize("count", [1, 10, 200])
def test_a_method_that_always_wins_has_a_finite_interval(count: int) -> None:
    """More votes move its lower limit up; a single one says next to nothing."""
    found = strengths(votes_of("a", "b", {"left": count}))
    best = found["a"]
    assert all(map(math.isfinite, (best.low, best.value, best.high)))
    assert best.low < best.value < best.high < 10
    assert (best.low > found["b"].high) == (count > 1)


def test_votes_of_one_person_are_worth_less_than_those_of_many() -> None:
    """Sixty votes by three people who each have their favourite leave more open than sixty by sixty people."""

    def made(voters: int) -> list[Vote]:
        return [
            Vote(f"v{n % voters}", f"c{n % 20}", "s", "a", "b", "right" if n % 3 == 2 else "left") for n in range(60)
        ]

    few, many = strengths(made(3))["a"], strengths(made(60))["a"]
    assert few.value == pytest.approx(many.value)
    assert few.high - few.low > 1.5 * (many.high - many.low)


def test_the_same_votes_give_the_same_intervals() -> None:
    """The resamples are seeded."""
    votes = votes_of("a", "b", {"left": 9, "equal": 2, "right": 4})
    assert strengths(votes) == strengths(votes)
