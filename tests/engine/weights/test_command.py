"""`vitrage-engine weights`: what is there, downloaded ahead, verified, deleted."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from torch import Tensor

from engine.cli import main
from engine.weights.files import read_weights
from tests.support.weights_server import WeightsServer


class Command:
    """Runs the command in this process: exit code, stdout, stderr."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capfd = monkeypatch, capfd

    def __call__(self, *options: str) -> tuple[int, str, str]:
        """Run it with these options."""
        self._monkeypatch.setattr(sys, "argv", ["vitrage-engine", "weights", *options])
        with pytest.raises(SystemExit) as ended:
            main()
        assert isinstance(ended.value.code, int)
        return ended.value.code, *self._capfd.readouterr()


@pytest.fixture
def command(
    server: WeightsServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Command:
    monkeypatch.setenv("VITRAGE_CACHE", str(tmp_path / "weights"))
    monkeypatch.setenv("VITRAGE_WEIGHTS_URL", server.url())
    return Command(monkeypatch, capfd)


def test_the_weights_are_shown_downloaded_verified_and_deleted(
    command: Command, server: WeightsServer, random_state: dict[str, Tensor], tmp_path: Path
) -> None:
    code, out, _ = command()
    assert (code, server.ranges) == (0, [])
    assert "not here" in out and str(tmp_path / "weights") in out and server.url() in out
    assert command("--verify")[::2] == (1, "There are no weights to verify; give --download first.\n")
    code, out, err = command("--download")
    [path] = (tmp_path / "weights").glob("*.safetensors")
    assert (code, err) == (0, "")
    assert str(path) in out and read_weights(path).keys() == random_state.keys()
    code, out, _ = command("--verify")
    assert f"in order: {len(random_state)} tensors" in out and "convolutions alone" in out
    path.write_bytes(path.read_bytes()[:-9])
    assert command("--verify")[::2] == (1, f"{path.name} is damaged.\n")
    assert f"deleted {path}" in command("--delete")[1]
    assert not path.exists()


def test_a_server_that_refuses_is_said_in_one_line(command: Command, server: WeightsServer) -> None:
    server.status = 404
    code, _, err = command("--download")
    assert code == 1
    assert err.endswith("(HTTP 404); use builtin or a file.\n") and err.count("\n") == 1
    assert command("--download", "--delete")[0] == 1
