"""The text of a job's status message, and of the caption under its picture."""

from __future__ import annotations

import html

from bot.chat.context import Services
from bot.chat.i18n import Texts
from bot.chat.recipe_codes import encode
from bot.storage.models import Job, Place, Recipe, State

BAR_CELLS = 12
FULL, EMPTY = "▰", "▱"  # cells of the bar, which has some of each while a picture is painted


def describe(job: Job, place: Place | None, say: Texts, *, waits: bool = False) -> str:
    """Return the text of a job's status message.

    Args:
        job: Any that is not rendered.
        place: Needed while the job is queued.
        say: The texts in the requester's language.
        waits: Whether no painter is in service, so that nobody knows when the job's turn comes.
    """
    match job.state:
        case State.QUEUED | State.RUNNING:
            advice = [say(f"advice-{job.advice}")] if job.advice else []
            return "\n\n".join([_waiting(job, place, say, waits), *advice])
        case State.FAILED:
            return say(f"failed-{job.error or 'engine'}")
        case State.CANCELLED:
            return say("cancelled")
    raise ValueError(f"job {job.id} is {job.state}: it has no status text")


def _waiting(job: Job, place: Place | None, say: Texts, waits: bool) -> str:
    if job.state is State.RUNNING:
        return _running(job, say) if job.progress else say("starting")
    if waits:
        return say("painter-away")
    return say("retrying") if job.attempt else _queued(place or Place(0, None), say)


def caption(services: Services, job: Job, say: Texts) -> str:
    """Return the caption of a finished picture, as HTML: style, quality, size, seconds; choices; the recipe code."""
    if job.kind == "sheet":
        return say("done-sheet")
    width, height = job.report["size"]
    done = say("done", size=f"{width}×{height}", seconds=round(job.report["seconds"]))
    known = [html.escape(services.title(job.style, say))] if job.style in services.presets.names else []
    lines = [" · ".join([*known, say(f"quality-{job.recipe.quality}"), done])]
    if special := [*choices(job.recipe, say), *([say("choice-part")] if job.marked else [])]:
        lines.append(" · ".join(special))
    lines += [say(f"done-{what}") for what in ("halved", "stopped") if job.report.get(what)]
    if job.report.get("weights") == "builtin" and services.painter().percent is not None:
        lines.append(say("done-builtin"))
    if job.style:
        lines.append(say("done-code", code=f"<code>{encode(job.recipe, job.style)}</code>"))
    return "\n".join(lines)


def choices(recipe: Recipe, say: Texts) -> list[str]:
    """Return the choices of a recipe other than quality and size, in words."""
    usual, said = Recipe(), []
    if recipe.strength != usual.strength:
        said.append(say("choice-strength", percent=recipe.strength))
    if recipe.colors != usual.colors:
        said.append(say("choice-colors", colors=say(f"colors-{recipe.colors}")))
    if recipe.strokes != usual.strokes:
        said.append(say("choice-strokes", strokes=say(f"strokes-{recipe.strokes}")))
    if recipe.variation:
        said.append(say("choice-variation", number=recipe.variation))
    return said


def _queued(place: Place, say: Texts) -> str:
    text = say("queued", ahead=place.ahead)
    return text if place.seconds is None else f"{text}\n{say.range(place.seconds)}"


def _running(job: Job, say: Texts) -> str:
    full = round(job.progress * BAR_CELLS)
    bar = FULL * full + EMPTY * (BAR_CELLS - full)
    text = f"{say(_stage(job))}\n{bar} {job.progress:.0%}"
    if job.stop_asked:
        return f"{text}\n{say('finishing')}"
    if job.seconds_left is None:
        return text
    return f"{text}\n{say.duration(job.seconds_left) if job.progress < 0.99 else say('finishing')}"


def _stage(job: Job) -> str:
    """Return the message name of the present stage; the bar and the time left are those of the whole job."""
    if job.resumed:
        return "painting-on"
    if not job.sketch_first:
        return "painting"
    return "painting-over" if job.sketched else "sketching"
