"""What happens when something fails: a table of faults, of what is promised, and of what was measured.

    make faults
    python -m benchmarks.faults [WORD …]

Runs the tests of each row, those too that are too long for `make test`: real processes, signals, files and servers. A
word chooses the rows in whose first column it stands. Exits with 1 if a promise was not held, or not tried (without
PostgreSQL, or as a user who is not root). Of a figure that several tests of a row measure, the largest is shown.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Row:
    """A fault.

    Attributes:
        fault: What fails, and how.
        promise: What holds nevertheless.
        tests: By file below `tests` and function; each of its parameters counts.
    """

    fault: str
    promise: str
    tests: tuple[str, ...]


ROWS = (
    Row(
        "kill -9 of the engine child",
        "no picture is lost; the job is painted on at once",
        (
            "worker/test_death.py::test_children_killed_at_random",
            "worker/test_job_run.py::test_a_killed_child_costs_one_attempt",
            "e2e/test_faults.py::test_a_killed_engine_costs_an_attempt_not_the_picture",
        ),
    ),
    Row(
        "kill -9 of the bot, at each step and at random",
        "nothing is lost or doubled; painted on at the next start; no process is left",
        (
            "worker/test_death.py::test_a_parent_killed_at_any_step_loses_nothing",
            "worker/test_death.py::test_parents_killed_at_random",
            "e2e/test_faults.py::test_a_killed_bot_goes_on_where_it_was",
            "e2e/test_faults.py::test_updates_sent_while_the_bot_was_away_are_answered",
        ),
    ),
    Row(
        "SIGTERM in mid-job",
        "ends in time; the attempt is not counted; another host paints on from the preview",
        (
            "worker/test_hosts.py::test_a_host_that_is_stopped_hands_its_job_to_another",
            "e2e/test_faults.py::test_a_stop_gives_the_job_back_and_leaves_nothing_running",
        ),
    ),
    Row(
        "kill -9 of a worker host",
        "another host has its job within 40 s",
        (
            "worker/test_hosts.py::test_a_host_that_dies_is_replaced_within_40_seconds",
            "storage/test_work.py::test_what_a_silent_worker_left_is_painted_by_others",
        ),
    ),
    Row(
        "a worker host's cable is pulled in mid-job, and put back",
        "another host has its job within 40 s; 0 stale writes; it paints again",
        (
            "worker/test_lost_hosts.py::test_a_pulled_cable",
            "storage/test_work.py::test_a_stale_worker_changes_nothing",
        ),
    ),
    Row(
        "a worker host freezes (SIGSTOP) for twice the lease",
        "another host has its job within 40 s; 0 stale writes; it paints again",
        (
            "worker/test_lost_hosts.py::test_a_frozen_host",
            "storage/test_work.py::test_what_a_silent_worker_left_is_painted_by_others",
        ),
    ),
    Row(
        "each of two bots and two workers killed or frozen in turn",
        "every request is answered; at most two copies, and one but where a bot died sending",
        (
            "e2e/test_hosts_campaign.py::test_nothing_is_lost_while_each_host_fails_in_turn",
            "e2e/test_standby.py::test_a_bot_that_dies_is_replaced_by_the_one_that_stands_by",
        ),
    ),
    Row(
        "a bot's host freezes, or loses PostgreSQL",
        "it sends nothing more once another bot may answer",
        (
            "storage/postgres/test_active.py::test_a_host_that_was_frozen_does_nothing_more",
            "storage/postgres/test_active.py::test_who_has_lost_the_lock_to_another_is_told",
            "storage/postgres/test_active.py::test_a_server_that_is_away_for_long_ends_the_turn",
        ),
    ),
    Row(
        "a worker that lost its job writes",
        "no write of it is taken",
        (
            "storage/test_work.py::test_a_stale_worker_changes_nothing",
            "storage/postgres/test_hosts.py::test_two_hosts_share_the_queue",
        ),
    ),
    Row(
        "updates come twice, also at once",
        "one job each",
        (
            "storage/test_updates.py::test_an_update_is_received_once",
            "storage/test_jobs.py::test_the_same_update_makes_one_job",
            "chat/test_update_queue.py::test_an_update_that_comes_twice_is_handled_once",
        ),
    ),
    Row(
        "a job kills its worker",
        "given up after the second time; the others are painted",
        (
            "worker/test_job_run.py::test_a_job_that_kills_its_child_twice_is_given_up",
            "worker/test_job_run.py::test_a_job_that_takes_the_whole_program_down_is_given_up",
            "storage/test_work.py::test_a_job_that_silences_two_workers_fails",
        ),
    ),
    Row(
        "disk full, read-only or failing",
        "nothing is changed by half; goes on by itself when there is room; the picture is not painted again",
        (
            "storage/sqlite/test_database.py::test_a_full_disk_heals",
            "storage/sqlite/test_unavailable.py::test_a_read_only_database_heals",
            "storage/sqlite/test_unavailable.py::test_a_failing_disk_heals",
            "storage/test_blobs.py::test_a_full_disk_leaves_no_half_blob",
            "worker/test_job_run.py::test_a_full_disk_is_waited_for",
            "e2e/test_full_disk.py::test_photos_that_meet_a_full_disk_are_painted_when_there_is_room",
            "storage/postgres/test_database.py::test_a_read_only_database_heals",
        ),
    ),
    Row(
        "another program locks the database",
        "nothing is taken that cannot be kept; answered afterwards",
        (
            "e2e/test_faults.py::test_a_locked_database_ends_nothing",
            "worker/test_job_run.py::test_a_locked_database_is_waited_for",
        ),
    ),
    Row(
        "power loss (the log cut behind its last sync)",
        "everything acknowledged is there; the file is sound",
        (
            "storage/sqlite/test_database.py::test_power_loss_takes_nothing_that_was_acknowledged",
            "storage/sqlite/test_database.py::test_the_connection_is_as_durable_as_promised",
        ),
    ),
    Row(
        "the clock is set by an hour (the clock that the database asks)",
        "no job is taken from a worker that lives, none waits for long",
        (
            "storage/test_work.py::test_nobody_is_judged_after_a_pause_of_all",
            "storage/test_work.py::test_a_clock_set_back_starves_no_job",
        ),
    ),
    Row(
        "Telegram answers 429, 5xx, late, or cuts the line before or after the effect",
        "the picture comes, at most twice; once after 429",
        (
            "chat/status/test_delivery.py::test_a_send_whose_answer_was_lost_is_not_repeated",
            "chat/status/test_delivery.py::test_a_send_that_may_have_been_lost_arrives_by_the_status_message",
            "chat/status/test_delivery.py::test_an_edit_that_may_have_been_lost_is_repeated",
            "chat/status/test_delivery.py::test_the_picture_is_sent_once_telegram_works_again",
            "chat/status/test_floods.py::test_a_flood_of_edits_delays_neither_presses_nor_the_picture_nor_others",
            "chat/test_limit_lines.py::test_a_call_whose_line_is_cut_is_made_again",
            "chat/test_presses.py::test_a_poll_whose_line_breaks_is_repeated_at_once",
        ),
    ),
    Row(
        "PostgreSQL is away for 20 s, as at a crash, or frozen (SIGSTOP), under load",
        "goes on within 30 s of its return; nothing acknowledged is lost or done twice, no attempt counted",
        (
            "e2e/test_database_campaign.py::test_pictures_come_though_the_database_fails",
            "worker/test_postgres.py::test_a_server_that_restarts_costs_neither_picture_nor_attempt",
            "storage/postgres/test_database.py::test_a_server_that_restarts_is_waited_for",
            "storage/postgres/test_database.py::test_a_lost_connection_is_replaced",
            "storage/postgres/test_database.py::test_a_connection_lost_while_committing_loses_and_doubles_nothing",
        ),
    ),
    Row(
        "a connection to PostgreSQL freezes",
        "given up and replaced",
        ("storage/postgres/test_database.py::test_a_frozen_connection_is_given_up",),
    ),
    Row(
        "the S3 server answers 500, slowly, or not at all",
        "waited for; what was to be deleted goes later",
        (
            "e2e/test_bucket.py::test_a_picture_comes_though_the_server_fails_meanwhile",
            "e2e/test_bucket.py::test_a_slow_server_delays_pictures_and_no_answers",
            "storage/postgres/test_bucket.py::test_errors_of_the_server_are_waited_for",
            "storage/postgres/test_bucket.py::test_a_silent_server_holds_nobody_up_for_long",
            "storage/postgres/test_bucket.py::test_what_is_dropped_while_the_server_fails_goes_later",
        ),
    ),
    Row(
        "callers are cancelled anywhere",
        "no transaction stays open, none is half done",
        (
            "storage/sqlite/test_database.py::test_a_thousand_cancelled_callers",
            "storage/sqlite/test_database.py::test_a_cancelled_caller_leaves_nothing_half_done",
            "storage/postgres/test_database.py::test_a_cancelled_caller_leaves_nothing_half_done",
        ),
    ),
    Row(
        "kill -9 of move-store, at random",
        "the same command goes on; everything arrives once",
        (
            "storage/postgres/test_moving.py::test_a_move_is_killed_at_any_moment",
            "storage/postgres/test_moving.py::test_a_move_that_is_killed_goes_on",
        ),
    ),
    Row(
        "load: 10,000 jobs by eight workers on PostgreSQL",
        "none lost, none done twice, never two of one user at once; the claim reads the head of the queue alone",
        (
            "storage/postgres/test_campaign.py::test_ten_thousand_jobs_by_eight_workers",
            "storage/postgres/test_plans.py::test_a_claim_reads_the_head_of_the_queue",
        ),
    ),
    Row(
        "nothing fails, and the worker is idle",
        "a job is claimed within 50 ms (95 of 100)",
        (
            "worker/test_dispatcher.py::test_an_idle_worker_claims_within_50_milliseconds",
            "worker/test_dispatcher.py::test_enqueue_to_claim_is_quick",
        ),
    ),
)


class Results:
    """What the tests told, gathered as they end: a plugin of pytest."""

    def __init__(self) -> None:
        self._reports: dict[str, list[pytest.TestReport]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what became of a part of a test, by its function."""
        name = report.nodeid.removeprefix("tests/").partition("[")[0]
        self._reports.setdefault(name, []).append(report)

    def held(self, row: Row) -> bool:
        """Whether each test of the row ran and passed."""
        return all(test in self._reports and all(report.passed for report in self._reports[test]) for test in row.tests)

    def measured(self, row: Row) -> str:
        """The figures of a row, and how many tests ran for how long."""
        reports = [report for test in row.tests for report in self._reports.get(test, [])]
        figures: dict[str, Any] = {}
        for name, value in (each for report in reports if report.when == "call" for each in report.user_properties):
            figures[name] = max(value, figures.get(name, value))
        passed = sum(report.when == "call" and report.passed for report in reports)
        seconds = sum(report.duration for report in reports)
        lines = [f"{name}: {value}" for name, value in figures.items()]
        return "\n".join([*lines, f"{passed} passed, {seconds:.0f} s"])


def table(rows: Sequence[Row], results: Results) -> Table:
    """Return what is printed in the end."""
    shown = Table("fault", "promised", "measured", "held", show_lines=True)
    for row in rows:
        shown.add_row(row.fault, row.promise, results.measured(row), "yes" if results.held(row) else "NO")
    return shown


def main() -> None:
    """Run the tests of the rows, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("words", nargs="*", metavar="WORD", help="only rows whose fault has one of these words")
    words = parser.parse_args().words
    rows = [row for row in ROWS if not words or any(word in row.fault for word in words)]
    tests = dict.fromkeys(str(ROOT / "tests" / test) for row in rows for test in row.tests)
    results = Results()
    # The last -m counts: the campaigns run too.
    pytest.main(["--rootdir", str(ROOT), "-m", "", "--tb=short", *tests], plugins=[results])
    Console(width=120).print(table(rows, results))
    sys.exit(not all(results.held(row) for row in rows))


if __name__ == "__main__":
    main()
