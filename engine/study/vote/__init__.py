"""Blind votes: which of two outputs people prefer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.study.statistics.effects import Interval


def ranks(folder: Path) -> dict[str, Interval] | None:
    """Return the Bradley–Terry strength of each method that people voted on, the best first; None without votes.

    Args:
        folder: Of a study, with `results.json`, `pictures/` and, if anybody voted, `votes.sqlite`.

    Returns:
        Strengths as log-odds: a method that is ahead by 1 wins e : 1 of the votes between both. They sum to 0.

    Raises:
        EngineError: The folder has no results, or its votes cannot be read.
    """
    from engine.study.statistics.bradley_terry import strengths
    from engine.study.vote.ballot import Ballot, NothingToCompareError

    try:
        votes = Ballot(folder).votes()
    except NothingToCompareError:
        return None
    return strengths(votes) if votes else None
