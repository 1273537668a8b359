"""The table of equal steps: known answers, and the command on small pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from benchmarks.strengths import STRENGTHS, equal_steps, main
from engine.optimize.strength import force


def test_what_moves_in_equal_steps_already_keeps_its_forces() -> None:
    found = equal_steps([0.1 * step for step in range(len(STRENGTHS))])
    assert found == pytest.approx({chosen: force(chosen) for chosen in STRENGTHS}, abs=0.05)


def test_where_a_step_moves_too_much_forces_move_closer() -> None:
    """Half of the distance is in the first step: half of the steps belong there. A step back is none."""
    moved = [0.0, 0.5, *(0.5 + 0.05 * step for step in range(1, 9)), 0.8]
    found = equal_steps(moved)
    assert found[0] == 0 and found[100] <= force(100)
    assert [found[chosen] for chosen in (10, 20, 30, 40, 50)] == pytest.approx(
        [force(10) * share for share in (0.18, 0.36, 0.54, 0.72, 0.9)], abs=0.1
    )
    assert list(found.values()) == sorted(found.values())


def test_the_command_prints_distances_and_a_table(data: Path, network: Path) -> None:
    app = Typer()
    app.command()(main)
    arguments = ["--data", data, "--weights", network, "--pairs", 1, "--preset", "sketch", "--size", 32]
    done = CliRunner().invoke(app, list(map(str, arguments)))
    assert done.exit_code == 0, done.output
    pair, mean, spread, steps, table = done.output.strip().splitlines()
    assert pair.endswith("cat/glass") and mean.endswith("mean") and steps.endswith("steps of the mean")
    assert spread == " ".join(["0.000"] * len(STRENGTHS)) + "  spread"
    far = [float(number) for number in pair.split()[:-1]]
    assert len(far) == len(STRENGTHS) and far[0] < 0.05 < far[-1]
    assert table.startswith("FORCE = {0: 0.0, 10: ")
