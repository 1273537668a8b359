"""What a study paints."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from engine.errors import EngineError
from engine.study.methods import GRIDS, METHODS
from engine.study.pictures.gather import Picture, Pictures
from engine.study.plan import PROFILES, choose, method_of, plan


def some_pictures(contents: int, styles: int) -> Pictures:
    """Return the names of pictures that nobody opens."""
    return Pictures(
        {
            "content": [Picture(f"cats/{n}.jpg", f"content-{n:02}.png", "") for n in range(contents)],
            "style": [Picture(f"glass/{n}.jpg", f"style-{n:02}.png", "") for n in range(styles)],
        }
    )


def test_the_quick_profile_has_every_family_and_the_full_one_everything() -> None:
    """And the quick one leaves out what exists."""
    quick, full = choose((), PROFILES["quick"]), choose((), PROFILES["full"])
    assert {method.family for method in quick.methods} == {method.family for method in METHODS.values()}
    assert {method.name for method in quick.methods} >= {"paper", "sketch", "standard"}
    assert PROFILES["quick"].left_out < set(METHODS)
    assert (len(full.methods), full.grids) == (len(METHODS), tuple(GRIDS))


def test_all_pairs_are_painted_then_some_again_then_the_grids() -> None:
    """Each output has a key of its own, and the method of each task is found by its name and parameters."""
    profile, chosen = PROFILES["quick"], choose(("sketch", "histogram", "grid-tv"), PROFILES["quick"])
    tasks = plan(some_pictures(3, 4), chosen, profile, 7)
    assert len(tasks) == 12 * 2 + 1 * 2 + len(GRIDS["tv"])
    assert len({task.key for task in tasks}) == len(tasks)
    assert Counter((task.content.name, task.style.name) for task in tasks[:24]) == Counter(
        {(f"cats/{content}.jpg", f"glass/{style}.jpg"): 2 for content in range(3) for style in range(4)}
    )
    assert [task.seed for task in tasks] == [7] * 24 + [8] * 2 + [7] * len(GRIDS["tv"])
    assert [task.parameters for task in tasks[26:]] == [{"tv": value} for value in GRIDS["tv"]]
    for task in tasks:
        method = method_of(task.method, task.parameters)
        assert (method.name, dict(method.parameters)) == (task.method, task.parameters)


def test_the_first_pairs_hold_every_picture() -> None:
    """So that what is painted on few pairs says something of all pictures."""
    tasks = plan(some_pictures(3, 4), choose(("histogram",), PROFILES["quick"]), PROFILES["quick"], 0)
    assert {task.content.name for task in tasks[:3]} == {"cats/0.jpg", "cats/1.jpg", "cats/2.jpg"}
    assert {task.style.name for task in tasks[:6]} == {"glass/0.jpg", "glass/1.jpg", "glass/2.jpg", "glass/3.jpg"}


def test_some_of_the_pairs_hold_contents_and_styles_equally_often() -> None:
    """And all tasks are among those of the whole study, so that it can go on with them."""
    profile = replace(PROFILES["full"], pairs=24)
    chosen = choose(("histogram", "grid-tv"), profile)
    tasks = plan(some_pictures(6, 6), chosen, profile, 0)
    compared = tasks[:24]
    assert Counter(task.content.name for task in compared) == {f"cats/{n}.jpg": 4 for n in range(6)}
    assert Counter(task.style.name for task in compared) == {f"glass/{n}.jpg": 4 for n in range(6)}
    assert len({(task.content.name, task.style.name) for task in tasks}) == 24
    whole = plan(some_pictures(6, 6), chosen, PROFILES["full"], 0)
    assert {task.key for task in tasks} < {task.key for task in whole}


def test_an_unknown_method_is_named() -> None:
    """With the command that lists those that there are."""
    with pytest.raises(
        EngineError, match="There is no method grid-colour, sketsch; `vitrage-engine methods` lists them"
    ):
        choose(("sketsch", "paper", "grid-colour"), PROFILES["quick"])
