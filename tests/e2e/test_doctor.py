"""`vitrage doctor` finds what is wrong, and says how to mend it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from pydantic import SecretStr

from bot.doctor import _check_database
from bot.settings import Settings
from engine.weights.find import BUILTIN
from tests.support.program import TOKEN, Program


def _doctor(folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `vitrage doctor` in a folder, with the settings in its `.env`."""
    lines = [f"VITRAGE_{name.upper()}={value}\n" for name, value in settings.items()]
    (folder / ".env").write_text("".join(lines))
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", "doctor"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_a_healthy_bot_is_found_healthy(own_program: Program, tmp_path: Path) -> None:
    """Token, data folder, database and engine are in order; the weights come from the folder that .env names."""
    (tmp_path / "weights").mkdir()
    shutil.copy(BUILTIN, tmp_path / "weights" / "vgg19-dcbb9e9d.safetensors")  # in place of the downloaded file
    done = _doctor(tmp_path, token=TOKEN, api_url=own_program.url, weights="pretrained", cache="weights", device="cpu")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Its weights are pretrained" in done.stdout
    assert "✗" not in done.stdout


async def test_a_database_on_postgresql_is_checked(tmp_path: Path, postgres_url: str) -> None:
    """Whether it can be opened is told without its password; one that does not answer is not waited for."""
    [good] = await _check_database(_settings(postgres_url))
    assert (good.good, good.what) == (True, f"The database {postgres_url} is in order")
    [bad] = await _check_database(_settings(f"postgresql://ann:secret@/x?host={tmp_path}"))
    assert (bad.good, bad.what) == (False, f"The database postgresql://ann@/x?host={tmp_path} cannot be opened")
    assert "does not answer" in bad.fix
    assert "secret" not in bad.fix


def _settings(database: str) -> Settings:
    return Settings(database=SecretStr(database))


def test_each_fault_is_told_with_what_to_do(tmp_path: Path) -> None:
    """No token, a data folder that cannot be made, a database that is none, weights that are missing."""
    (tmp_path / "file").write_text("This is neither a folder nor a database. " * 100)
    done = _doctor(tmp_path, token="", data_dir="file/data", database="sqlite:///file", weights="none.pth")
    assert done.returncode == 1
    faults = [line for line in done.stdout.splitlines() if line.startswith("✗")]
    assert len(faults) == 4
    for name in ("VITRAGE_TOKEN", "VITRAGE_DATA_DIR", "VITRAGE_WEIGHTS"):
        assert name in done.stdout
