"""The rule by which a study answers the work's hypothesis: "neural style transfer beats traditional methods".

The rule was written before any full run. It has four steps.

1. **What decides.** Only measures that no compared method optimises: metrics without a network or with the network that
   did not paint, and people's votes. Metrics of colours are left out (`OPTIMISED`), because colour transfer, a
   traditional method, minimises them. So is what would count twice (`REDUNDANT`), and any metric that fails its check
   with the controls (`validity.py`).
2. **Who is compared.** For the neural side `NEURAL`, the preset that the engine uses by default, whatever the others
   reach. On the other side each method of the family "traditional". The strongest rival is the one with the highest
   mean score in style, which is chosen after the fact and so favours the rival.
3. **What is better.** On a pair of pictures a side scores, on each axis (style, content), the share of the deciding
   metrics on which it is better; a difference within the repeatability of the metric counts half. Over the pairs, a
   side is *better* on an axis if Wilcoxon's signed-rank test says so (p below `LEVEL` after Holm's correction over all
   rivals and both axes) and the 95 % interval of its mean score, by resampling contents and styles, lies above one
   half. It is *not worse* if that interval lies above one half minus `MARGIN`. A method *dominates* another if it is
   better on one axis and not worse on the other.
4. **The answer.** With fewer than `PAIRS` pairs, or `PICTURES` different contents or styles, the data do not decide. If
   a rival dominates `NEURAL`: refuted. If `NEURAL` dominates its strongest rival: supported, unless people prefer that
   rival. If each of these two is better on one axis: a trade, more style for less content or the opposite. In any
   other case the data do not decide.

People prefer one of two methods if the intervals of their Bradley–Terry strengths do not overlap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.study.statistics.effects import Interval

NEURAL = "standard"
LEVEL = 0.05
MARGIN = 0.1
PAIRS = 20
PICTURES = 4  # with fewer, resampling them says nothing of other pictures

OPTIMISED = frozenset({"lab-swd", "lab-histogram", "rgb-uv-histogram", "ge-other"})
"""Metrics of the distribution of colours, GE in half: histogram matching and transport of colours minimise them."""

REDUNDANT = frozenset({"psnr"})
"""Metrics that order pictures exactly as another one does (the MSE): they would count twice."""

Outcome = Literal[
    "supported", "refuted", "more style", "more content", "disputed", "undecided", "too few", "unmeasured"
]
Relation = Literal["better", "worse", "more style", "more content", "unclear"]
Preference = Literal["neural", "traditional", "undecided"]


@dataclass(frozen=True)
class Advantage:
    """Of `NEURAL` over one rival on one axis: its mean score, 0..1, with interval, and p after Holm's correction."""

    score: Interval
    p: float

    @property
    def better(self) -> bool:
        """Whether `NEURAL` is better."""
        return self.p < LEVEL and self.score.low > 0.5

    @property
    def worse(self) -> bool:
        """Whether the rival is better."""
        return self.p < LEVEL and self.score.high < 0.5

    @property
    def not_worse(self) -> bool:
        """Whether `NEURAL` is as good as the rival, within the margin."""
        return self.score.low > 0.5 - MARGIN

    @property
    def not_better(self) -> bool:
        """Whether the rival is as good as `NEURAL`, within the margin."""
        return self.score.high < 0.5 + MARGIN


@dataclass(frozen=True)
class Comparison:
    """`NEURAL` against one rival."""

    rival: str
    style: Advantage
    content: Advantage

    @property
    def relation(self) -> Relation:
        """What `NEURAL` is beside the rival: better or worse if one dominates the other, or a trade, or unclear."""
        style, content = self.style, self.content
        if (style.better and content.not_worse) or (content.better and style.not_worse):
            return "better"
        if (style.worse and content.not_better) or (content.worse and style.not_better):
            return "worse"
        if style.better and content.worse:
            return "more style"
        return "more content" if style.worse and content.better else "unclear"


@dataclass(frozen=True)
class Verdict:
    """The answer, and what it rests on.

    Attributes:
        outcome: The answer of the rule.
        strongest: The rival with the highest mean score in style; None where nothing is compared.
        dominating: Rivals that dominate `NEURAL`.
        dominated: Rivals that `NEURAL` dominates.
        people: Whom the voters prefer of `NEURAL` and its strongest rival; None without votes on both.
    """

    outcome: Outcome
    strongest: str | None
    dominating: tuple[str, ...]
    dominated: tuple[str, ...]
    people: Preference | None


def decide(
    comparisons: Sequence[Comparison],
    strongest: str | None,
    votes: Mapping[str, Interval],
    *,
    pairs: int,
    contents: int,
    styles: int,
) -> Verdict:
    """Apply the rule.

    Args:
        comparisons: With each traditional method; empty where no deciding metric of both axes was measured.
        strongest: The rival with the highest mean score in style.
        votes: Bradley–Terry strengths by method; empty without votes.
        pairs: Number of pairs of pictures that were compared.
        contents: Number of different content pictures among them.
        styles: Number of different style pictures among them.
    """
    people = preference(votes, strongest)
    dominating = tuple(each.rival for each in comparisons if each.relation == "worse")
    dominated = tuple(each.rival for each in comparisons if each.relation == "better")
    outcome: Outcome
    if not comparisons:
        outcome = "unmeasured"
    elif pairs < PAIRS or min(contents, styles) < PICTURES:
        outcome = "too few"
    elif dominating:
        outcome = "refuted"
    else:
        outcome = _against(next(each for each in comparisons if each.rival == strongest), people)
    return Verdict(outcome, strongest, dominating, dominated, people)


def _against(strongest: Comparison, people: Preference | None) -> Outcome:
    match strongest.relation:
        case "better":
            return "disputed" if people == "traditional" else "supported"
        case "more style" | "more content" as trade:
            return trade
        case _:
            return "undecided"


def preference(votes: Mapping[str, Interval], rival: str | None) -> Preference | None:
    """Return whom the voters prefer of `NEURAL` and a rival; None where one of them has no votes."""
    if rival is None or NEURAL not in votes or rival not in votes:
        return None
    neural, other = votes[NEURAL], votes[rival]
    if neural.low > other.high:
        return "neural"
    return "traditional" if other.low > neural.high else "undecided"
