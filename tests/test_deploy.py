"""What deploy/ starts exists: its commands, settings, services and ports; and its units are as closed as they say."""

from __future__ import annotations

import re
import shutil
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.cli import app
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
COMPOSITION: dict[str, Any] = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSITION["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
UNITS = sorted((ROOT / "deploy").glob("*.service"))

COMMANDS = {command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands}
SETTINGS = {f"VITRAGE_{name.upper()}" for name in Settings.model_fields}
EXPOSURE = 2.0  # on systemd's scale, where 10 is a unit without any limit


@pytest.mark.parametrize("name", OURS)
def test_a_service_runs_a_command_with_settings_that_exist(name: str) -> None:
    """And the settings are accepted; only the bot has the token."""
    program, command = OURS[name]["command"]
    assert (program, command in COMMANDS) == ("vitrage", True)
    environment = OURS[name]["environment"]
    assert {setting for setting in environment if setting.startswith("VITRAGE_")} <= SETTINGS
    assert ("VITRAGE_TOKEN" in environment) == (name == "bot")
    fields = ("database", "blobs", "metrics", "listen")
    given: dict[str, Any] = {field: environment.get(f"VITRAGE_{field.upper()}") for field in fields}
    settings = Settings(**{field: value for field, value in given.items() if value})
    assert settings.metrics_address is not None
    listened = [settings.metrics_address[1], *([settings.listen_address[1]] if given["listen"] else [])]
    assert [int(port.rpartition(":")[2]) for port in OURS[name]["ports"]] == listened


def test_the_services_find_each_other() -> None:
    """Every host in an address is a service, listening where it is looked for; every volume is declared."""
    for service in OURS.values():
        assert set(service["depends_on"]) <= set(SERVICES)
        environment = service["environment"]
        [host] = re.findall(r"@(\w+):5432/", environment["VITRAGE_DATABASE"])
        assert SERVICES[host]["image"].startswith("postgres:")
        [(host, port)] = re.findall(r"^http://(\w+):(\d+)$", environment["AWS_ENDPOINT_URL"])
        [served] = SERVICES[host]["command"]
        assert f"--addr :{port} " in served
        assert f'"{environment["AWS_ACCESS_KEY_ID"]},$$S3_SECRET"' in served
        assert f"/data/{environment['VITRAGE_BLOBS'].split('/')[2]} " in served
    mounted = {volume.partition(":")[0] for service in SERVICES.values() for volume in service["volumes"]}
    assert mounted == set(COMPOSITION["volumes"])


@pytest.mark.parametrize("name", OURS)
def test_a_service_has_no_rights_that_it_does_not_need(name: str) -> None:
    """Nothing is written outside of the volume, and nothing of ours is open to other machines."""
    service = OURS[name]
    assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert service["security_opt"] == ["no-new-privileges:true"]
    published = [port for each in SERVICES.values() for port in each.get("ports", [])]
    assert all(port.startswith("127.0.0.1:") for port in published)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_runs_a_command_with_settings_that_exist(unit: Path) -> None:
    """The folder of the program is the same in all of them."""
    text = unit.read_text(encoding="utf-8")
    [command] = re.findall(r"^ExecStart=/opt/vitrage/bin/vitrage (\S+)$", text, re.MULTILINE)
    assert command in COMMANDS
    assert set(re.findall(r"VITRAGE_\w+(?==/)", text)) <= SETTINGS


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_systemd_accepts_a_unit_and_finds_it_closed(unit: Path, tmp_path: Path) -> None:
    """By its own tool; the program is that of this environment."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    scripts = sysconfig.get_path("scripts")
    copy = tmp_path / unit.name
    copy.write_text(unit.read_text(encoding="utf-8").replace("/opt/vitrage/bin", scripts), encoding="utf-8")
    for check in (["verify", "--man=no"], ["security", "--offline=true", f"--threshold={EXPOSURE * 10:.0f}"]):
        done = subprocess.run(["systemd-analyze", *check, copy], capture_output=True, text=True, check=False)
        assert (done.returncode, "warning" in done.stderr.lower()) == (0, False), done.stdout[-400:] + done.stderr
