"""What is counted and timed for the operator, as Prometheus reads it. Labels are few and name no chat or person."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

JOBS = Gauge("vitrage_jobs", "Jobs that wait or are painted, by all workers of the database.", ["state"])
OLDEST_WAIT = Gauge("vitrage_oldest_wait_seconds", "For how long the oldest queued job has waited; 0 without one.")
MEMORY = Gauge(
    "vitrage_memory_bytes", "Resident memory of this process (self) and of its children, the painter's.", ["process"]
)
DEVICE_MEMORY = Gauge(
    "vitrage_device_memory_bytes",
    "Memory of a painter's device, used and total: of a graphics card by all programs, of a CPU by the engine child.",
    ["worker", "memory"],
)

STAGE_SECONDS = Histogram(
    "vitrage_stage_seconds",
    "Seconds of a job's stages: wait (from the request to the first attempt), paint, deliver (each try).",
    ["stage"],
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600, 1800, 3600),
)
ATTEMPTS = Counter("vitrage_attempts", "Attempts at jobs that were begun.")
RETRIES = Counter(
    "vitrage_retries", "Jobs that were put back to be tried again, by reason: error or death.", ["reason"]
)
FAILURES = Counter("vitrage_failures", "Jobs that were given up, by reason.", ["reason"])
DELIVERIES = Counter(
    "vitrage_deliveries",
    "Requesters that were answered, with a picture or a reason; nobody: no way was left.",
    ["answer"],
)
CALL_ERROR_REASONS = ("BadRequest", "Forbidden", "NetworkError", "RetryAfter", "TimedOut")  # the usual ones
CALLS = Counter("vitrage_telegram_calls", "Calls of the Bot API, without getUpdates.", ["method"])
CALL_ERRORS = Counter(
    "vitrage_telegram_errors", "Calls of the Bot API that failed or were refused.", ["method", "reason"]
)
STORE_ERRORS = Counter("vitrage_store_errors", "Calls of the store that found it unusable, by reason.", ["reason"])


def count_call(method: str) -> None:
    """Count a call of the Bot API, and let the counters of its usual errors begin at zero."""
    CALLS.labels(method).inc()
    for reason in CALL_ERROR_REASONS:
        CALL_ERRORS.labels(method, reason)


def show_memory(worker: str, used_and_total: tuple[int, int]) -> None:
    """Set what a worker's engine child says of its device's memory, in bytes."""
    for memory, size in zip(("used", "total"), used_and_total, strict=True):
        DEVICE_MEMORY.labels(worker, memory).set(size)


def hide_memory(worker: str) -> None:
    """Show nothing of a worker whose engine child has ended."""
    for memory in ("used", "total"):
        DEVICE_MEMORY.remove(worker, memory)
