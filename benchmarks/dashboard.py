"""The dashboard of deploy/grafana.json with real data: a real Prometheus, a bot and two hosts under load and faults.

    python -m benchmarks.dashboard docs/dashboard.png [--seconds 300]

People ask for pictures; meanwhile engine children are killed, PostgreSQL is away for a while, and the sandbox answers
as Telegram does when it fails. Then each query of each panel is put to Prometheus. Exits with 1 if Prometheus refuses
one, or has nothing to answer. Needs Prometheus (on Debian: apt-get install prometheus) and PostgreSQL.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx
import yaml

from benchmarks.crowd import NO_LIMITS, photo
from benchmarks.dashboard_plot import Line, draw
from bot.sandbox.client import Chat
from tests.support.campaign import people
from tests.support.hosts import Host
from tests.support.ports import reserved_port
from tests.support.postgres import Server, server
from tests.support.program import Program, children_of, until

DASHBOARD = Path(__file__).parents[1] / "deploy" / "grafana.json"
SCRAPE = 6  # seconds between two looks of Prometheus, and until it gives one up: a page waits 5 for the database
RATE_INTERVAL = "24s"  # what Grafana would put in place of $__rate_interval, which is four looks at least
STEP = 6  # seconds between two points of a line
PEOPLE = 6
PAUSE = 9.0  # seconds between two requests of one person


@dataclass(frozen=True)
class Prometheus:
    """A running one.

    Attributes:
        url: Where it answers.
    """

    url: str

    def lines(self, target: dict[str, str], began: float, ended: float) -> list[Line]:
        """Return what a query of a panel answers, a line for each combination of labels.

        Raises:
            httpx.HTTPStatusError: Prometheus refuses the query.
        """
        query = target["expr"].replace("$__rate_interval", RATE_INTERVAL)
        asked = {"query": query, "start": began, "end": ended, "step": STEP}
        answer = httpx.get(f"{self.url}/api/v1/query_range", params=asked, trust_env=False)
        answer.raise_for_status()
        return [
            Line(_named(target["legendFormat"], found["metric"]), _with_gaps(found["values"], began))
            for found in answer.json()["data"]["result"]
        ]


def _named(legend: str, labels: dict[str, str]) -> str:
    return re.sub(r"{{(\w+)}}", lambda label: labels.get(label[1], ""), legend)


def _with_gaps(values: list[tuple[float, str]], began: float) -> list[tuple[float, float]]:
    """Return the points of a line, one for each step: not-a-number where Prometheus had none."""
    by_time = {round(at - began): float(value) for at, value in values}
    steps = range(min(by_time), max(by_time) + 1, STEP)
    return [(at, by_time.get(at, math.nan)) for at in steps]


@contextmanager
def prometheus(folder: Path, ports: dict[str, int]) -> Iterator[Prometheus]:
    """Run Prometheus during the block; it looks at the metrics at these ports, under their names."""
    targets = [{"targets": [f"127.0.0.1:{port}"], "labels": {"instance": name}} for name, port in ports.items()]
    file, scrapes = folder / "prometheus.yml", [{"job_name": "vitrage", "static_configs": targets}]
    file.write_text(yaml.safe_dump({"global": {"scrape_interval": f"{SCRAPE}s"}, "scrape_configs": scrapes}))
    command = ["prometheus", f"--config.file={file}", f"--storage.tsdb.path={folder / 'series'}", "--log.level=error"]
    with reserved_port() as port, subprocess.Popen([*command, f"--web.listen-address=127.0.0.1:{port}"]) as process:
        running = Prometheus(f"http://127.0.0.1:{port}")
        try:
            until(lambda: _answers(f"{running.url}/-/ready"), "Prometheus is ready")
            yield running
        finally:
            process.terminate()


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).is_success
    except httpx.TransportError:
        return False


async def ask(chat: Chat, photos: list[bytes], until_then: float) -> None:
    """Ask for one picture after the other."""
    while time.monotonic() < until_then:
        with suppress(httpx.HTTPError):
            await chat.send_photos(photos)
        await asyncio.sleep(PAUSE)


async def fail(program: Program, hosts: list[Host], database: Server, seconds: float) -> None:
    """Let one thing after the other fail, each for a while, with quiet between them."""
    part = seconds / 8
    await asyncio.sleep(2 * part)
    for _ in range(round(part / 2)):  # a picture whose painter dies twice is given up
        for host in hosts:
            for child in children_of(host.process.pid):
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
        await asyncio.sleep(2)  # a new child is there, and has a picture
    await asyncio.sleep(part)
    with database.away():
        await asyncio.sleep(part / 2)
    await asyncio.sleep(part)
    async with httpx.AsyncClient(base_url=program.url, trust_env=False) as telegram:
        for kind in ("error", "flood"):
            fault = {"kind": kind, "method": "editMessageMedia", "rate": 0.3}
            (await telegram.post("/api/faults", json=fault)).raise_for_status()
        await asyncio.sleep(part)
        (await telegram.delete("/api/faults")).raise_for_status()


def shown_port(log: Path) -> int:
    """Return the port of the metrics, once the log names it."""
    found = until(lambda: re.search(r"metrics are shown .*port=(\d+)", log.read_text()), "a port of the metrics")
    return int(found[1])


async def load(folder: Path, seconds: float) -> tuple[dict[str, list[Line]], float]:
    """Return the lines of each panel, by its title, and the seconds that they cover."""
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    async with AsyncExitStack() as stack:
        database = stack.enter_context(server())
        url = database.url("postgres")
        limits = {name: str(value) for name, value in NO_LIMITS.items()}
        program = Program(folder, "none", database=url, metrics="0", **limits)
        stack.callback(program.close)
        program.start_bot()
        hosts = [stack.enter_context(closing(Host(folder / name, url))) for name in ("worker-1", "worker-2")]
        ports = {host.folder.name: await asyncio.to_thread(shown_port, host.log) for host in hosts}
        ports["bot"] = await asyncio.to_thread(shown_port, program.log)
        watching = stack.enter_context(prometheus(folder, ports))
        chats = await stack.enter_async_context(people(program.url, PEOPLE))
        began, photos = time.time(), [photo(1), photo(2)]
        async with asyncio.TaskGroup() as busy:
            for chat in chats:
                busy.create_task(ask(chat, photos, time.monotonic() + seconds))
            busy.create_task(fail(program, hosts, database, seconds))
        await asyncio.sleep(2 * SCRAPE)
        ended = time.time()
        lines = {
            panel["title"]: [line for target in panel["targets"] for line in watching.lines(target, began, ended)]
            for panel in panels
        }
    return lines, ended - began


def main() -> None:
    """Run the load, draw the panels, and tell which queries have no answer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, help="the picture, a PNG")
    parser.add_argument("--seconds", type=float, default=300.0, help="of load")
    given = parser.parse_args()
    if not shutil.which("prometheus"):
        sys.exit("prometheus is not installed (on Debian: apt-get install prometheus)")
    with tempfile.TemporaryDirectory() as folder:
        lines, seconds = asyncio.run(load(Path(folder), given.seconds))
    draw(json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"], lines, seconds).savefig(given.out)
    for title, found in lines.items():
        sys.stdout.write(f"{title}: {', '.join(line.name for line in found) or 'NOTHING'}\n")
    sys.exit(not all(lines.values()))


if __name__ == "__main__":
    main()
