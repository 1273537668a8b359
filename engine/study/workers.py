"""Child processes that paint, one task at a time each. One that crashes costs its task, and another takes its place."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec

from engine.study.plan import Task
from engine.study.records import Painted

if TYPE_CHECKING:
    from engine.study.networks import Networks

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OPENCV_FOR_THREADS_NUM")
"""Variables that numerical libraries read when they are loaded."""

_SPAWN = multiprocessing.get_context("spawn")  # a fork of a process that has loaded torch can hang


def paint_all(
    tasks: Sequence[Task], folder: Path, networks: Networks, processes: int, threads: int
) -> Iterator[tuple[Task, Painted, float]]:
    """Paint tasks, and return each with its row and the seconds that it took, as they are ready.

    Args:
        tasks: Begun in this order.
        folder: Of contents, styles and outputs.
        networks: Of the study.
        processes: How many paint at once.
        threads: Of each.
    """
    waiting = deque(tasks)
    with _environment(threads):
        workers = [_Worker(folder, networks, threads) for _ in range(min(processes, len(tasks)))]
        try:
            while waiting or any(worker.task for worker in workers):
                for worker in workers:
                    if worker.task is None and waiting:
                        worker.begin(waiting.popleft())
                busy = {worker.connection: worker for worker in workers if worker.task}
                for ready in wait(list(busy)):
                    worker = busy[cast("Connection[Painted, Task]", ready)]
                    yield worker.finish()
                    if not worker.process.is_alive():
                        workers[workers.index(worker)] = _Worker(folder, networks, threads)
        finally:
            for worker in workers:
                worker.end()


class _Worker:
    """A child process and the task that it has.

    Attributes:
        task: None while it waits.
    """

    def __init__(self, folder: Path, networks: Networks, threads: int) -> None:
        self.connection, theirs = _SPAWN.Pipe()
        self.process = _SPAWN.Process(target=_serve, args=(theirs, folder, networks, threads), daemon=True)
        self.process.start()
        theirs.close()
        self.task: Task | None = None
        self._began = 0.0

    def begin(self, task: Task) -> None:
        self.task, self._began = task, time.monotonic()
        with suppress(ConnectionError):  # a process that has died is noticed when its row is awaited
            self.connection.send(task)

    def finish(self) -> tuple[Task, Painted, float]:
        """Return the task, its row, and the seconds since it began; if the process has died, the row says so."""
        task, self.task = cast(Task, self.task), None
        try:
            row = cast(Painted, self.connection.recv())
        except (EOFError, ConnectionError):
            self.process.join()
            code = self.process.exitcode or 0
            ended = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
            row = msgspec.structs.replace(task.row(), error=f"The process that painted it {ended}.")
        return task, row, time.monotonic() - self._began

    def end(self) -> None:
        self.process.terminate()
        self.process.join()
        self.connection.close()


@contextmanager
def _environment(threads: int) -> Iterator[None]:
    """Let processes that are started meanwhile have so many threads."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, str(threads)))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _serve(connection: Connection[Painted, Task], folder: Path, networks: Networks, threads: int) -> None:
    """Paint the tasks that come; this is the life of a child process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches all processes of a terminal: the parent ends this one
    threading.Thread(target=_end_with_parent, daemon=True).start()
    import torch

    from engine.study.painting import Painter

    torch.set_num_threads(threads)
    painter = Painter(folder, networks)
    while True:
        connection.send(painter.paint(connection.recv()))


def _end_with_parent() -> None:
    """End this process when its parent is gone, even killed: the parent's other children keep the pipe open."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
