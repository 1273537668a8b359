"""Peak memory."""

from __future__ import annotations

from engine.bench.peak_memory import peak_bytes


def test_the_peak_is_of_what_runs_within() -> None:
    free = [bytearray(1000) for _ in range(100_000)]  # stays resident when it is freed, and could be taken again
    del free
    with peak_bytes("cpu") as peak:
        taken = bytearray(b"1") * 60_000_000
        del taken
    assert peak.bytes is None or 55_000_000 < peak.bytes < 200_000_000
