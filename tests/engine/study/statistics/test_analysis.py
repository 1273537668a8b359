"""The whole analysis of made-up results with known effects."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from engine.study.records import Results
from engine.study.statistics.analysis import Analysis, analyse
from engine.study.statistics.effects import Interval
from engine.study.statistics.table import main_rows, table_of
from engine.study.statistics.validity import Reason, deciding, objection
from engine.study.statistics.verdict import decide
from tests.support.study_results import PLACES, Place, made_up_results


@pytest.fixture(scope="module")
def results() -> Results:
    """Results in which `standard` is nearer to the style than all, and keeps more than the strongest rival."""
    return made_up_results()


@pytest.fixture(scope="module")
def analysis(results: Results) -> Analysis:
    """The analysis of these results."""
    return analyse(results)


def test_the_table_holds_the_main_comparison_alone(results: Results) -> None:
    """Neither the grid nor the rerun with another seed; the rerun gives the repeatability."""
    table = table_of(results)
    assert len(table.pairs) == 25
    assert {method.name for method in table.methods} == set(PLACES)
    assert len(main_rows(results)) == 25 * len(PLACES)
    assert "lpips" not in {metric.name for metric in table.metrics}
    # Two seeds differ by noise of a deviation of 0.02, a hundred times that for the patches.
    assert table.repeatability["gram"] == pytest.approx(1.96 * 2**0.5 * 0.02, rel=0.3)
    assert table.repeatability["patch-swd"] == pytest.approx(1.96 * 2**0.5 * 2, rel=0.3)


def test_scores_are_ranks_within_pairs(results: Results) -> None:
    """The controls are at the ends; a pair that lacks a value does without that metric."""
    table = table_of(results)
    scores = table.scores(["content", "standard", "style"], deciding(table, "style"))
    assert scores.tolist() == [[0] * 25, [0.5] * 25, [1] * 25]
    table.values["standard", "gram-other"][0] = np.nan
    assert table.scores(["content", "standard", "style"], deciding(table, "style"))[:, 0].tolist() == [0, 0.5, 1]
    assert np.isnan(table.scores(["standard"], deciding(table, "style"))).all()


def test_known_effects_are_found(analysis: Analysis) -> None:
    """The verdict, the front, the order of steps, the influence of the weights."""
    found = analysis
    assert found.objections == {"cfsd": "network", "gram": "network", "noise": "against"}
    assert (found.verdict.outcome, found.verdict.strongest) == ("supported", "quilting")
    assert {each.rival: each.relation for each in found.comparisons} == {
        "quilting": "better",
        "reinhard": "more style",
        "kuwahara": "more style",
    }
    assert [each.method for each in found.standings if each.front] == ["style", "standard", "reinhard", "content"]
    assert max(found.orders, key=lambda each: each.content.value).method == "order-denoise-style"
    assert found.orders_p["content"] < 0.001
    ratio = next(each for each in found.influences if each.metric == "gram-other")
    assert (ratio.parameter, ratio.settings) == ("ratio", (0.01, 0.1, 1.0, 10.0))
    assert ratio.components is not None
    assert ratio.components.shares["parameter"] > 0.9


def test_effects_by_metric(analysis: Analysis) -> None:
    """Positive where the neural method is better, whichever direction the metric has."""
    effects = {(each.metric, each.rival): each for each in analysis.effects}
    style, content = effects["patch-swd", "kuwahara"], effects["ssim", "kuwahara"]
    assert style.size.low > 0
    assert content.size.high < 0
    assert (style.share.value, content.share.value, style.pairs) == (1, 0, 25)
    assert max(style.p, content.p) < 0.001


@pytest.mark.parametrize(
    ("quilting", "outcome"),
    [((0.95, 0.9), "refuted"), ((0.5, 0.9), "more style"), (PLACES["standard"], "undecided")],
)
def test_what_the_strongest_rival_does_decides(quilting: Place, outcome: str) -> None:
    """Quilting that is nearer to both pictures, that keeps more of the content, or that is as the neural method is."""
    names = ("content", "style", "blend", "standard")
    found = analyse(made_up_results(places={name: PLACES[name] for name in names} | {"quilting": quilting}, grid=()))
    assert (found.verdict.outcome, found.verdict.strongest) == (outcome, "quilting")
    assert found.verdict.dominating == (("quilting",) if outcome == "refuted" else ())


def test_votes_count(analysis: Analysis) -> None:
    """People who prefer the rival take support away."""
    votes = {"standard": Interval(-1, -1.2, -0.8), "quilting": Interval(1, 0.8, 1.2)}
    decided = decide(analysis.comparisons, "quilting", votes, pairs=25, contents=5, styles=5)
    assert (decided.outcome, decided.people) == ("disputed", "traditional")


@pytest.mark.parametrize("pictures", [(1, 1), (2, 2), (3, 3)])
def test_few_pairs_are_told(pictures: tuple[int, int]) -> None:
    """Whatever is too little for a fit or a test is left out, and the verdict says so."""
    found = analyse(made_up_results(*pictures, repeated=False))
    assert found.verdict.outcome == "too few"
    assert found.table.repeatability == {}


def test_without_the_neural_method_or_anything(results: Results) -> None:
    """There is no answer, and no error."""
    without = made_up_results(places={name: place for name, place in PLACES.items() if name != "standard"}, grid=())
    assert analyse(without).verdict.outcome == "unmeasured"
    failed = [msgspec.structs.replace(row, error="no memory", metrics={}) for row in results.painted]
    empty = analyse(msgspec.structs.replace(results, painted=failed))
    assert empty.verdict.outcome == "unmeasured"
    assert not (empty.standings or empty.effects or empty.influences)


def test_metrics_that_misjudge_the_controls_do_not_decide(results: Results) -> None:
    """Each way to fail is named; so are colours, which colour transfer optimises, and what counts twice."""

    def reasons(renamed: str = "", **values: float) -> dict[str, Reason | None]:
        """Return the objections where methods have these values of every metric, and the first metric another name."""
        rows = [
            msgspec.structs.replace(row, metrics=dict.fromkeys(row.metrics, values[row.method]))
            if row.method in values
            else row
            for row in results.painted
        ]
        metrics = [msgspec.structs.replace(each, name=renamed) if renamed else each for each in results.metrics[:1]]
        if renamed:
            rows = [msgspec.structs.replace(row, metrics={**row.metrics, renamed: 0.5}) for row in rows]
        changed = table_of(msgspec.structs.replace(results, painted=rows, metrics=[*metrics, *results.metrics[1:]]))
        return {metric.name: objection(changed, metric) for metric in changed.metrics}

    assert reasons()["ssim"] is None
    assert reasons(standard=1.5)["ssim"] == "best"
    assert reasons(blend=-1.0)["ssim"] == "worst"
    assert reasons(blend=-1.0)["patch-swd"] == "best"
    assert reasons(blend=200.0)["patch-swd"] == "worst"
    assert reasons(quilting=-1.0)["patch-swd"] is None
    assert reasons("psnr")["psnr"] == "redundant"
    assert reasons("lab-swd")["lab-swd"] == "optimised"


def test_without_controls_nobody_knows_whether_a_metric_is_valid(results: Results) -> None:
    """So none decides."""
    rows = [row for row in results.painted if row.family != "control"]
    table = table_of(msgspec.structs.replace(results, painted=rows))
    assert {objection(table, each) for each in table.metrics} == {"controls", "network", "against"}
    assert deciding(table, "style") == deciding(table, "content") == []
