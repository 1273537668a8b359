"""`vitrage-engine bench`: the figures are there, and are of what they say."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

import engine
from engine.bench import bench
from engine.bench.reference import PublishedObjective
from engine.cli import app
from engine.model import Model
from engine.optimize.objective import Extractor, Objective, choose_layers


def test_the_bench_measures_and_saves_its_figures(tmp_path: Path) -> None:
    command = ["bench", "--weights", "builtin", "--device", "cpu", "--rounds", "1", "--edge", "48", "--largest", "96"]
    run = CliRunner().invoke(app, [*command, "--json", str(tmp_path / "bench.json")])
    assert run.exit_code == 0, run.output
    figures = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert list(figures) == [
        "machine", "memory at 96 px", "import", "evaluation at 48 px", "kernels at 48 px", "paper at 128 px",
        "sketch at 48 px", "standard at 48 px", "sizes",
    ]  # fmt: skip
    assert figures["evaluation at 48 px"]["times faster"] > 0
    assert figures["machine"]["weights"] == "builtin"
    assert [name.split(" px")[0] for name in figures["sizes"]] == ["48", "96"]
    assert "share of the peak" in run.output


def test_the_implementation_beside_paper_has_its_loss_and_gradient(model: engine.Model) -> None:
    pictures = torch.rand(3, 1, 3, 32, 48, generator=torch.Generator().manual_seed(1))
    hyperparameters = engine.preset("paper").hyperparameters
    extractor = Extractor(model.features(exact=True), choose_layers(hyperparameters, model.layers), first_moments=False)
    target = extractor.style_moments(pictures[1])
    factors = torch.ones(1)
    objective = Objective(extractor, hyperparameters, content=pictures[0], target=target, style_weight_factors=factors)
    (loss, gradient), (published, expected) = objective(pictures[2]), PublishedObjective(model.state, *pictures)()
    assert torch.allclose(loss, published, rtol=1e-4) and (gradient - expected).norm() < 1e-3 * expected.norm()


def test_untrained_weights_reach_where_the_full_ones_are_looked_at() -> None:
    assert Model(bench.untrained(), "cpu").layers[-1] == "relu5_1"


def test_a_batch_is_measured_beside_one_by_one(model: engine.Model) -> None:
    name, figures = bench.batch(model, count=2, edge=32)
    assert name == "2 pictures at 32 px" and figures["times"] == pytest.approx(
        figures["one by one s"] / figures["together s"], rel=0.5
    )
