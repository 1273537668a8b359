"""Faults, flood limits and the wire in the people's API."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bot.sandbox.people.endpoints import Body, Visit
from bot.sandbox.state.faults import Fault, Kind


class NewFault(Body):
    """A fault, as faults.Fault describes it."""

    kind: Kind
    method: str = ""
    chat_id: int = 0
    bot_id: int = 0
    times: Annotated[int, Field(ge=0)] = 0
    rate: Annotated[float, Field(gt=0, le=1)] = 1.0
    seconds: Annotated[float, Field(ge=0, le=3600)] = 1.0
    status: Annotated[int, Field(ge=400, le=599)] = 500
    description: str = ""
    stored: bool = False


class Settings(Body):
    """What can be switched while the sandbox runs."""

    limits: bool | None = None
    callback_seconds: Annotated[float, Field(ge=0)] | None = None


class WireQuery(Body):
    """Calls newer than an id; or, with `version`, wait until there is something new."""

    after: int = 0
    version: int | None = None
    wait: Annotated[float, Field(ge=0, le=60)] = 0.0


async def faults(visit: Visit) -> object:
    """Every fault that is on."""
    return {"faults": [fault.wire() for fault in visit.world.faults.active]}


async def add_fault(visit: Visit) -> object:
    """One more."""
    return visit.world.faults.add(Fault(**visit.read(NewFault).model_dump())).wire()


async def clear_faults(visit: Visit) -> object:
    """None any more."""
    visit.world.faults.remove()
    return {"faults": []}


async def remove_fault(visit: Visit) -> object:
    """One less."""
    visit.world.faults.remove(visit.path["fault"])
    return await faults(visit)


async def settings(visit: Visit) -> object:
    """As they are, and how many calls the limits have refused."""
    limits = visit.world.limits
    return {
        "limits": limits.enabled,
        "refused": limits.refused,
        "callback_seconds": visit.world.callbacks.lifetime,
    }


async def change_settings(visit: Visit) -> object:
    """As they are after the change."""
    given = visit.read(Settings)
    if given.limits is not None:
        visit.world.limits.enabled = given.limits
    if given.callback_seconds is not None:
        visit.world.callbacks.lifetime = given.callback_seconds
    return await settings(visit)


async def wire(visit: Visit) -> object:
    """The calls with their answers, oldest first."""
    given = visit.read(WireQuery)
    journal = visit.world.journal
    if given.version is not None and given.version == journal.version:
        await journal.wait(given.wait)
    entries = [entry.wire() for entry in journal.entries if entry.id > given.after]
    return {"calls": entries, "version": journal.version}


async def clear_wire(visit: Visit) -> object:
    """Start over."""
    visit.world.journal.clear()
    return {"calls": [], "version": visit.world.journal.version}
