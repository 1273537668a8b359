"""Faults, flood limits and the call log in the people's API."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from bot.sandbox import Json
from bot.sandbox.people.dependencies import Fields, TheWorld
from bot.sandbox.state.faults import Fault, Kind

router = APIRouter()


class NewFault(Fields):
    """A fault; bot.sandbox.state.faults.Fault describes the fields."""

    kind: Kind
    method: str = ""
    chat_id: int = 0
    bot_id: int = 0
    times: Annotated[int, Field(ge=0)] = 0
    rate: Annotated[float, Field(gt=0, le=1)] = 1.0
    seconds: Annotated[float, Field(ge=0, le=3600)] = 1.0
    most_seconds: Annotated[float, Field(ge=0, le=3600)] = 0.0
    status: Annotated[int, Field(ge=400, le=599)] = 500
    description: str = ""
    stored: bool = False


class Settings(Fields):
    """What can be changed while the sandbox runs.

    The flood limits; the lifetime of a callback query; the age after which a press does not bring its message; whether
    privacy mode lets commands in captions through; and by how many seconds the clock is ahead.
    """

    limits: bool | None = None
    callback_seconds: Annotated[float, Field(ge=0)] | None = None
    inaccessible_seconds: Annotated[float, Field(ge=0)] | None = None
    caption_commands: bool | None = None
    clock_ahead: Annotated[float, Field(ge=0, le=10 * 365 * 86400)] | None = None


class CallsQuery(Fields):
    """Calls with an id above `after`. With the known `version` of the log, wait until it changes."""

    after: int = 0
    version: int | None = None
    wait: Annotated[float, Field(ge=0, le=60)] = 0.0


@router.get("/faults", summary="The faults that are switched on")
async def faults(world: TheWorld) -> Json:
    """Return all faults."""
    return {"faults": [fault.to_json() for fault in world.faults.active]}


@router.post("/faults", summary="Switch a fault on")
async def add_fault(world: TheWorld, fault: NewFault) -> Json:
    """Switch a fault on, and return it with its id."""
    return world.faults.add(Fault(**fault.model_dump())).to_json()


@router.delete("/faults", summary="Switch every fault off")
async def clear_faults(world: TheWorld) -> Json:
    """Switch all faults off."""
    world.faults.remove()
    return {"faults": []}


@router.delete("/faults/{fault}", summary="Switch one fault off")
async def remove_fault(world: TheWorld, fault: int) -> Json:
    """Switch one fault off, and return the others."""
    world.faults.remove(fault)
    return await faults(world)


@router.get("/settings", summary="Flood limits, lifetimes, the clock")
async def settings(world: TheWorld) -> Json:
    """Return the settings, and how many calls the flood limits have refused."""
    return {
        "limits": world.flood_limits.enabled,
        "refused": world.flood_limits.refused,
        "callback_seconds": world.callback_queries.lifetime,
        "inaccessible_seconds": world.inaccessible_seconds,
        "caption_commands": world.caption_commands,
        "clock_ahead": world.clock.ahead,
    }


@router.patch("/settings", summary="Change them")
async def change_settings(world: TheWorld, change: Settings) -> Json:
    """Change the settings that are given, and return all."""
    if change.limits is not None:
        world.flood_limits.enabled = change.limits
    if change.callback_seconds is not None:
        world.callback_queries.lifetime = change.callback_seconds
    if change.inaccessible_seconds is not None:
        world.inaccessible_seconds = change.inaccessible_seconds
    if change.caption_commands is not None:
        world.caption_commands = change.caption_commands
    if change.clock_ahead is not None:
        world.clock.ahead = change.clock_ahead
    return await settings(world)


@router.get("/wire", summary="The newest calls with their answers")
async def calls(world: TheWorld, query: Annotated[CallsQuery, Query()]) -> Json:
    """Return the calls in the log with their answers, oldest first."""
    log = world.call_log
    if query.version is not None and query.version == log.version:
        await log.wait(query.wait)
    return {"calls": [entry.to_json() for entry in log.entries if entry.id > query.after], "version": log.version}


@router.delete("/wire", summary="Forget the calls so far")
async def clear_calls(world: TheWorld) -> Json:
    """Forget all calls."""
    world.call_log.clear()
    return {"calls": [], "version": world.call_log.version}
