"""Who uses a database: its bots and workers hold a lock together, a move to another database holds it alone.

It belongs to a session, and ends with its connection.
"""

from __future__ import annotations

import psycopg

SHARE = "SELECT pg_try_advisory_lock_shared(hashtextextended('vitrage use', 0))"
TAKE = "SELECT pg_try_advisory_lock(hashtextextended('vitrage use', 0))"


async def share(connection: psycopg.AsyncConnection) -> bool:
    """Hold the lock together with others; False while one holds it alone."""
    [got] = await (await connection.execute(SHARE)).fetchone() or [False]
    return bool(got)


async def take(connection: psycopg.AsyncConnection) -> bool:
    """Hold the lock alone; False while another holds it."""
    [got] = await (await connection.execute(TAKE)).fetchone() or [False]
    return bool(got)
