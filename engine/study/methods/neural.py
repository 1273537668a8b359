"""The engine's presets, with the weights that the study is given."""

from __future__ import annotations

from PIL import Image

from engine.options import HYPERPARAMETERS, Options, preset
from engine.study.methods.frame import as_output
from engine.study.records import Method, Work


def stylized(content: Image.Image, style: Image.Image, work: Work, options: Options) -> Image.Image:
    """Paint by the engine, and tell `work` the losses."""
    import engine

    return engine.stylize(
        content, [style], options, model=work.model(), on_progress=lambda progress: work.losses.append(progress.loss)
    ).image


def _preset(name: str, purpose: str) -> Method:
    def paint(content: Image.Image, style: Image.Image, work: Work) -> Image.Image:
        return stylized(content, style, work, preset(name, size=work.size, seed=work.seed))

    return Method(name, "neural", purpose, paint)


def _fine(content: Image.Image, style: Image.Image, work: Work) -> Image.Image:
    """At the size of the other methods `fine` would be `standard`: what it adds is a scale of twice the size."""
    options = preset("fine", size=2 * work.size, seed=work.seed)
    return as_output(stylized(content, style, work, options), content, work.size)


METHODS = (
    _preset("paper", "the published algorithm, on a square from the middle"),
    _preset("sketch", HYPERPARAMETERS["sketch"].purpose),
    _preset("standard", HYPERPARAMETERS["standard"].purpose),
    Method("fine", "neural", "as standard, at twice the size and then reduced", _fine),
)
