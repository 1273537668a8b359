"""Statements that are made for every job read no whole table, however many jobs wait."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from bot.storage.postgres import carrier, database
from bot.storage.sql import deliveries, drafts, estimates, jobs, retention, updates, work
from bot.storage.sql.database import Sql
from tests.support.figures import Figures

VALUES: dict[str, Any] = {
    "keys": ["a"],
    "fences": [1],
    "quality": "fine",
    "kind": "picture",
    "resumed": False,
    "dedup_key": "x",
}

# A hundred users with a thousand jobs each. Eight jobs run, and the next ones of the same users have the first places
# in the queue. A thousand jobs are delivered.
FILL = """
INSERT INTO job (dedup_key, chat_id, user_id, message_id, language, recipe, content, styles, vt, created_at, state,
                 worker)
SELECT n, n % 100, n % 100, n, 'en', '{"quality": "fine"}', 'content' || n, jsonb_build_array('style' || n),
       CASE WHEN n % 100 < 8 AND n < 200 THEN 0 ELSE n END, 0,
       CASE WHEN n < 8 THEN 'running' ELSE 'queued' END, 'w'
FROM generate_series(0, 99999) AS n;
INSERT INTO job (dedup_key, chat_id, user_id, message_id, language, recipe, content, styles, created_at, state,
                 delivery, seconds, finished_at)
SELECT 'done' || n, n, n, n, 'en', '{"quality": "fine"}', '', '[]', n, 'delivered', 'done', 10, n
FROM generate_series(1, 1000) AS n;
INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, args, status)
SELECT 'paint', 'paint', -vt * 10, 'user:' || user_id, jsonb_build_object('job', id),
       CASE state WHEN 'running' THEN 'doing' ELSE 'todo' END::procrastinate_job_status
FROM job WHERE state IN ('queued', 'running') ORDER BY id;
INSERT INTO photo (chat_id, user_id, message_id, blob) SELECT n, n, n, n FROM generate_series(1, 1000) AS n;
INSERT INTO inbox (update_id, body, received_at, handled) SELECT n, '', 0, true FROM generate_series(1, 1000) AS n;
INSERT INTO kept_result (job_id, user_id, picture, kept_at) SELECT n, n, n, 0 FROM generate_series(1, 1000) AS n;
INSERT INTO blob (key, data) SELECT n, '' FROM generate_series(1, 1000) AS n;
"""

HOT: dict[str, Sql] = {
    "begin": carrier.BEGIN,
    "set_fence": carrier.SET_FENCE,
    "withdraw": carrier.WITHDRAW,
    "reclaim": work.RECLAIM,
    "record_progress": work.RECORD_PROGRESS,
    "complete": work.COMPLETE,
    "finish": deliveries.BLOBS_OF_ENDED,
    "is_first": deliveries.IS_FIRST,
    "job_of_key": jobs.JOB_OF_KEY,
    "jobs_of": jobs.JOBS_OF,
    "photos": drafts.PHOTOS,
    "estimate": estimates.ESTIMATE,
    "pending": updates.PENDING,
    "prune_jobs": retention.PRUNE_JOBS,
    "delete_unnamed": database.DELETE_UNNAMED,
}


@pytest.fixture(scope="module")
def crowded(_postgres_tables: tuple[str, str]) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    """A database with a long queue."""
    url, emptied = _postgres_tables
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
        connection.execute(f"{emptied}; {FILL}".encode())
        connection.execute("VACUUM ANALYZE")
        yield connection
        connection.execute(emptied.encode())


def steps_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every step of a plan."""
    yield plan
    for part in plan.get("Plans", []):
        yield from steps_of(part)


def explained(connection: psycopg.Connection[dict[str, Any]], sql: Sql, *, run: bool = False) -> dict[str, Any]:
    """Return the plan of a statement; with what it really read where it is run."""
    text = sql if isinstance(sql, str) else sql.postgres
    values = {name: VALUES.get(name, "1") for name in re.findall(r"(?<![:\w]):(\w+)", text)}
    explain = b"EXPLAIN (ANALYZE, FORMAT JSON) " if run else b"EXPLAIN (FORMAT JSON) "
    with connection.transaction(force_rollback=True):
        row = connection.execute(explain + database.translated(text), values).fetchone()
    assert row is not None
    plan: dict[str, Any] = row["QUERY PLAN"][0]["Plan"]
    return plan


@pytest.mark.parametrize("sql", HOT.values(), ids=HOT)
def test_hot_statements_use_an_index(crowded: psycopg.Connection[dict[str, Any]], sql: Sql) -> None:
    """None reads a whole table; that of the workers has a few rows."""
    steps = list(steps_of(explained(crowded, sql)))
    assert {step["Relation Name"] for step in steps if step["Node Type"] == "Seq Scan"} <= {"worker"}


FETCH = "SELECT prosrc FROM pg_proc WHERE proname = 'procrastinate_fetch_job_v2'"


def test_a_claim_reads_the_head_of_the_queue(
    crowded: psycopg.Connection[dict[str, Any]], record_property: Figures
) -> None:
    """It passes over the jobs of those who have one running, and stops at the first of another user."""
    [function] = crowded.execute(FETCH).fetchall()
    found = re.search(r"SELECT jobs.*?SKIP LOCKED", function["prosrc"], re.DOTALL)
    assert found
    plan = explained(crowded, found[0].replace("target_queue_names", "NULL::varchar[]"), run=True)
    record_property("ms in the server to fetch one of 100,000 jobs", plan["Actual Total Time"])
    steps = list(steps_of(plan))
    assert "Sort" not in {step["Node Type"] for step in steps}
    [scan] = [step for step in steps if step.get("Index Name") == "procrastinate_jobs_priority_idx_v1"]
    assert scan["Actual Rows"] == 9
