"""Every answer that the rule can give, and what leads to it."""

from __future__ import annotations

import pytest

from engine.study.statistics.effects import Interval
from engine.study.statistics.verdict import MARGIN, PAIRS, PICTURES, Advantage, Comparison, Verdict, decide

BETTER = Advantage(Interval(0.9, 0.8, 0.95), 0.001)
WORSE = Advantage(Interval(0.1, 0.05, 0.2), 0.001)
EQUAL = Advantage(Interval(0.5, 0.45, 0.55), 0.8)
UNCLEAR = Advantage(Interval(0.5, 0.2, 0.8), 0.8)


def decided(style: Advantage, content: Advantage, votes: dict[str, Interval] | None = None) -> Verdict:
    """Return the verdict over one rival that has these advantages against it, with enough pairs."""
    comparisons = [Comparison("quilting", style, content)]
    return decide(comparisons, "quilting", votes or {}, pairs=PAIRS, contents=PICTURES, styles=PICTURES)


@pytest.mark.parametrize(
    ("style", "content", "outcome"),
    [
        (BETTER, BETTER, "supported"),
        (BETTER, EQUAL, "supported"),
        (EQUAL, BETTER, "supported"),
        (WORSE, WORSE, "refuted"),
        (EQUAL, WORSE, "refuted"),
        (WORSE, EQUAL, "refuted"),
        (BETTER, WORSE, "more style"),
        (WORSE, BETTER, "more content"),
        (BETTER, UNCLEAR, "undecided"),
        (UNCLEAR, WORSE, "undecided"),
        (EQUAL, EQUAL, "undecided"),
    ],
)
def test_the_two_axes_decide(style: Advantage, content: Advantage, outcome: str) -> None:
    """An unclear axis is not the same as an equal one."""
    assert decided(style, content).outcome == outcome


def test_better_needs_the_test_and_the_interval() -> None:
    """A small p with an interval over one half, or the opposite, is not enough."""
    assert not Advantage(Interval(0.6, 0.49, 0.7), 0.001).better
    assert not Advantage(Interval(0.6, 0.51, 0.7), 0.06).better
    assert not Advantage(Interval(0.4, 0.3, 0.51), 0.001).worse
    assert not Advantage(Interval(0.5, 0.5 - MARGIN, 0.7), 0.9).not_worse
    assert Advantage(Interval(0.5, 0.5 - MARGIN + 0.01, 0.7), 0.9).not_worse


def test_any_rival_can_refute_but_only_the_strongest_supports() -> None:
    """A weak rival that is beaten does not support; one that dominates refutes, whoever is the strongest."""

    def outcome(*comparisons: Comparison, strongest: str) -> str:
        return decide(comparisons, strongest, {}, pairs=40, contents=6, styles=6).outcome

    beaten, trade, winner = (
        Comparison("reinhard", BETTER, BETTER),
        Comparison("quilting", BETTER, WORSE),
        Comparison("kuwahara", EQUAL, WORSE),
    )
    assert outcome(beaten, trade, strongest="quilting") == "more style"
    assert outcome(beaten, trade, winner, strongest="reinhard") == "refuted"
    assert outcome(beaten, trade, strongest="reinhard") == "supported"


@pytest.mark.parametrize(
    ("pairs", "contents", "styles"),
    [(PAIRS - 1, 9, 9), (PAIRS, PICTURES - 1, 9), (PAIRS, 9, PICTURES - 1)],
)
def test_too_few_pictures(pairs: int, contents: int, styles: int) -> None:
    """However clear they look, few pictures do not decide."""
    comparisons = [Comparison("quilting", BETTER, BETTER)]
    assert decide(comparisons, "quilting", {}, pairs=pairs, contents=contents, styles=styles).outcome == "too few"


def test_nothing_measured() -> None:
    """Without a deciding metric there is no answer."""
    assert decide([], None, {}, pairs=40, contents=9, styles=9).outcome == "unmeasured"


def test_people() -> None:
    """Voters who clearly prefer the rival take support away; overlapping intervals are no preference."""
    neural, rival, between = Interval(1.0, 0.8, 1.2), Interval(2.0, 1.7, 2.3), Interval(1.1, 0.9, 1.4)
    against = decided(BETTER, EQUAL, {"standard": neural, "quilting": rival})
    assert (against.outcome, against.people) == ("disputed", "traditional")
    assert decided(BETTER, EQUAL, {"standard": rival, "quilting": neural}).people == "neural"
    unclear = decided(BETTER, EQUAL, {"standard": neural, "quilting": between})
    assert (unclear.outcome, unclear.people) == ("supported", "undecided")
    assert decided(BETTER, EQUAL, {"standard": neural}).people is None
    assert decided(BETTER, WORSE, {"standard": neural, "quilting": rival}).outcome == "more style"
