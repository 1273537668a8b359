"""Conformance: styles."""

from __future__ import annotations

from bot.storage.models import (
    Source,
    StyleRef,
)
from bot.storage.protocols import Stores
from tests.support.jobs import Clock

DAY = 24 * 3600.0


async def test_styles_are_remembered_until_forgotten(stores: Stores, clock: Clock) -> None:
    """A style that is used stays; one that nobody used for 90 days is deleted."""
    used, unused = StyleRef("A"), StyleRef("B")
    for key in (used, unused):
        await stores.styles.keep(key, 1, (Source("file:x"),))
    clock.now += 60 * DAY
    assert await stores.styles.sources(used) == ("file:x",)
    clock.now += 60 * DAY
    await stores.people.prune()
    assert await stores.styles.sources(unused) is None
    await stores.people.forget(1)
    assert await stores.styles.sources(used) is None


async def test_users_name_styles_for_themselves(stores: Stores) -> None:
    """A name stands for the style that got it last; beyond the limit only known names can be given again."""
    first, second = StyleRef("A"), StyleRef("mosaic")
    for name, style in (("window", first), ("floor", first), ("window", second)):
        assert await stores.styles.name(1, name, style, most=2)
    assert not await stores.styles.name(1, "wall", first, most=2)
    assert await stores.styles.names(1) == ["floor", "window"]
    assert [await stores.styles.named(1, name) for name in ("floor", "window", "wall")] == [first, second, None]
    assert await stores.styles.names(2) == []
    await stores.people.forget(1)
    assert await stores.styles.names(1) == []
