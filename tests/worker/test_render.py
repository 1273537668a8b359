"""What a request becomes: a sketch before the picture, the timelapse, variations and contact sheets."""

from __future__ import annotations

import dataclasses
import io
from types import SimpleNamespace
from typing import Any, cast
from unittest.mock import Mock

import msgspec
import pytest
from PIL import Image

import engine
from bot.storage.models import Recipe, State
from bot.worker import render
from bot.worker.protocol import FromChild, Paint, Progress
from bot.worker.render import ProgressSender, turned
from tests.support.jobs import enqueue
from tests.support.videos import plain_picture
from tests.support.worker_harness import WorkerHarness, script, size_of

FINE = Recipe("fine", 500, strokes="large")


async def test_a_sketch_comes_first_and_the_picture_continues_from_it(worker: WorkerHarness) -> None:
    """It is one run, whose coarse scales are the sketch; the queue records when the sketch is done."""
    async with worker.working():
        job = await enqueue(worker.stores, "u1", content=script(steps=60, pause=0.02), recipe=FINE)
        await worker.previewed(job, sketched=False)
        assert (await worker.now(job)).progress <= 0.5
        await worker.previewed(job, sketched=True)
        assert (await worker.now(job)).progress > 0.5
        ended = await worker.ended(job)
    assert worker.runs() == [["fine", 500, 2.0, None]]
    assert (ended.state, ended.report["size"]) == (State.RENDERED, 500)


@pytest.mark.parametrize("recipe", [Recipe("sketch", 500), Recipe("standard", 384), Recipe("paper", 500)])
async def test_no_sketch_is_announced_where_there_is_none(worker: WorkerHarness, recipe: Recipe) -> None:
    """None of a sketch, none of a few pixels, and none with `paper`, which has one scale only."""
    async with worker.working():
        job = await enqueue(worker.stores, "u1", content=script(steps=60, pause=0.02), recipe=recipe)
        await worker.progressed(job)
        now = await worker.now(job)
        assert now.sketched or not now.sketch_first
        assert now.progress <= 0.5
        assert (await worker.ended(job)).state is State.RENDERED


async def test_the_timelapse_comes_with_the_picture(worker: WorkerHarness) -> None:
    """It is stored beside the picture."""
    async with worker.working():
        ended = await worker.ended(await worker.ask(steps=200))
    assert ended.timelapse is not None
    with Image.open(io.BytesIO(await worker.stores.blobs.get(ended.timelapse))) as animation:
        assert animation.format == "GIF"


async def test_a_variation_turns_the_style(worker: WorkerHarness) -> None:
    """All eight variations can be painted."""
    style = await worker.stores.blobs.put(plain_picture((50, 50)))
    async with worker.working():
        for number in range(8):
            recipe = dataclasses.replace(FINE, variation=number)
            job = await enqueue(worker.stores, f"u{number}", content=script(), recipe=recipe, styles=(style,))
            assert (await worker.ended(job)).state is State.RENDERED
    assert len(worker.runs()) == 8


def test_variations_are_all_different() -> None:
    """Variation 0 is the style as it is, the others are the seven other ways to turn and mirror it."""
    sample = Image.effect_noise((6, 4), 90).convert("RGB")
    assert turned(sample, 0) is sample
    assert len({(way.size, way.tobytes()) for way in (turned(sample, number) for number in range(8))}) == 8


async def test_a_picture_that_the_engine_has_made_smaller_says_so(worker: WorkerHarness) -> None:
    """The report says when the engine has painted a smaller picture because memory was short."""
    async with worker.working():
        ended = await worker.ended(await worker.ask(shrink=2))
    assert (ended.state, ended.report) == (State.RENDERED, {"size": 192, "halved": True})


async def test_a_contact_sheet_holds_the_content_in_each_style(worker: WorkerHarness) -> None:
    """One job has one result, with a thumbnail for each style."""
    async with worker.working():
        styles = [await worker.stores.blobs.put(b"style") for _ in range(5)]
        job = await enqueue(worker.stores, "u1", content=script(), styles=tuple(styles), kind="sheet")
        ended = await worker.ended(job)
        assert ended.state is State.RENDERED
        assert ended.result is not None
        width, height = size_of(await worker.stores.blobs.get(ended.result))
        assert (width, height) == tuple(ended.report["size"])
        assert width > height  # four in a row, then one


def render_request(monkeypatch: pytest.MonkeyPatch, **changes: Any) -> tuple[list[bytes], list[tuple[Any, Any]]]:
    """Render a request for three styles with a fake engine.

    Returns:
        The files that `engine.load_image` decoded, and content and masks of each call of `engine.stylize`.
    """
    decoded: list[bytes] = []
    calls: list[tuple[Any, Any]] = []

    def load_image(data: bytes) -> Image.Image:
        decoded.append(data)
        with Image.open(io.BytesIO(data)) as image:
            return image.convert("RGB")

    def stylize(content: Any, *_: Any, masks: Any = None, **__: Any) -> Any:
        calls.append((content, masks))
        return SimpleNamespace(image=Image.new("RGB", (8, 8)), report=SimpleNamespace(stopped=False, to_dict=dict))

    for name, fake in {"load_image": load_image, "stylize": stylize, "Recorder": SimpleNamespace}.items():
        monkeypatch.setitem(vars(engine), name, fake)
    request = Paint(
        content=plain_picture((8, 8)),
        styles=[plain_picture((8, 8), color=color) for color in ("red", "green", "blue")],
        start=None,
        mask=None,
        recipe=Recipe(),
        kind="picture",
        sketch=False,
    )
    request = msgspec.structs.replace(request, **changes)
    rendered = render.render_sheet if request.kind == "sheet" else render.render_picture
    rendered(request, SimpleNamespace(device="cpu"), lambda: False, lambda _: None)  # type: ignore[arg-type]
    return decoded, calls


def test_a_sheet_decodes_its_content_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """All of its pictures are painted from the same decoded content."""
    decoded, calls = render_request(monkeypatch, kind="sheet")
    assert len(decoded) == 1
    assert len(calls) == 3
    assert len({id(content) for content, _ in calls}) == 1


def test_a_mask_is_decoded_once_for_all_styles(monkeypatch: pytest.MonkeyPatch) -> None:
    """All styles are painted with the same decoded mask."""
    mask = plain_picture((8, 8), color="white")
    decoded, [(_, masks)] = render_request(monkeypatch, mask=mask)
    assert decoded.count(mask) == 1
    assert len(masks) == 3
    assert len(set(map(id, masks))) == 1


def test_a_picture_without_previews_has_no_timelapse() -> None:
    """A run that ends before its first progress leaves nothing to show."""
    recorder = cast("engine.Recorder", SimpleNamespace(frames=[]))
    assert render.timelapse(recorder, Image.new("RGB", (9, 9))) is None


@pytest.mark.parametrize("error", [engine.EngineError("There is no ffmpeg."), OSError("The disk is full.")])
def test_a_failed_timelapse_does_not_cost_the_picture(error: Exception, capsys: pytest.CaptureFixture[str]) -> None:
    """There is no timelapse then; the reason is logged."""
    recorder = cast("engine.Recorder", SimpleNamespace(frames=[None], save=Mock(side_effect=error)))
    assert render.timelapse(recorder, Image.new("RGB", (9, 9))) is None
    assert str(error) in capsys.readouterr().err


def test_a_preview_that_fails_costs_no_picture(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a line in the log; progress is told all the same."""
    sent: list[FromChild] = []
    monkeypatch.setattr(engine, "device_memory", lambda _: (5, 9))
    sender = ProgressSender(sent.append, "cpu")

    def fail() -> Image.Image:
        raise MemoryError("no room")

    sender.finish_sketch()
    sender.update(0.5, 3.0, fail)
    assert sent == [Progress(fraction=0.5, seconds_left=3.0, sketched=True, preview=None, memory=(5, 9))]
    assert "no preview: no room" in capsys.readouterr().err
