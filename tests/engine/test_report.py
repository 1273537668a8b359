"""The report of a run."""

from __future__ import annotations

import json

from PIL import Image

import engine

QUICK = engine.preset("sketch", size=64, iterations=9)


def test_the_report_says_what_was_done(cat: Image.Image, glass: Image.Image, model: engine.Model) -> None:
    result = engine.stylize(cat, [glass], QUICK, model=model)
    report = json.loads(json.dumps(result.report.to_dict()))
    assert report["preset"] == "sketch" and report["weights"] == "builtin" and report["device"] == "cpu"
    assert report["kernels"] == "direct"
    assert report["size"] == [64, 43] and result.image.size == (64, 43) and result.image.mode == "RGB"
    assert report["iterations"] == 9 and not report["stopped"] and report["seconds"] > 0
    assert any("relu4_1" in note and "missing" in note for note in report["notes"])
    assert {"style relu1_1", "tv"} < report["losses"].keys()
