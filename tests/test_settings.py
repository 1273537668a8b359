"""Settings are read from the environment and from `.env`, checked at the start, and secrets never show."""

import io
import logging
import re
from pathlib import Path

import pytest
import structlog
from pydantic import SecretStr, ValidationError

from bot import logs
from bot.settings import Settings
from bot.storage.databases import shown

TOKEN = "123456:" + "A" * 35


EXAMPLE = Path(__file__).parents[1] / ".env.example"

VALUES: dict[str, tuple[str, object]] = {
    "token": (TOKEN, SecretStr(TOKEN)),
    "api_url": ("http://127.0.0.1:8081/", "http://127.0.0.1:8081"),
    "data_dir": ("/data", Path("/data")),
    "database": ("postgresql://ann:secret@db/vitrage", SecretStr("postgresql://ann:secret@db/vitrage")),
    "blobs": ("s3://pictures/vitrage", "s3://pictures/vitrage"),
    "weights": ("builtin", "builtin"),
    "weights_url": ("http://mirror/vgg19-dcbb9e9d.pth", "http://mirror/vgg19-dcbb9e9d.pth"),
    "cache": ("/data/cache", Path("/data/cache")),
    "device": ("cuda:0, cuda:1", "cuda:0, cuda:1"),
    "kernels": ("winograd", "winograd"),
    "quality": ("fine", "fine"),
    "max_queued": ("1", 1),
    "max_queued_group": ("2", 2),
    "max_per_day": ("3", 3),
    "max_depth": ("4", 4),
    "admins": ("12, 34", (12, 34)),
    "presets_dir": ("/", Path("/")),
    "study": ("/", Path("/")),
    "filter_url": ("http://127.0.0.1/filter", "http://127.0.0.1/filter"),
    "metrics": ("9464", "9464"),
    "webhook": ("https://bot.example.org/vitrage/", "https://bot.example.org/vitrage"),
    "listen": ("0.0.0.0:8080", "0.0.0.0:8080"),
}
"""For every setting a value that is not its default, as it is written and as it is read."""


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A working directory without a `.env`."""
    monkeypatch.chdir(tmp_path)
    for name in (
        "VITRAGE_WEIGHTS_URL",
        "VITRAGE_KERNELS",
    ):  # which keep other tests from the network and from measuring
        monkeypatch.delenv(name)
    return tmp_path


def test_defaults_work_on_one_machine() -> None:
    """Without any setting there is a database in the data folder, and Telegram's own server."""
    settings = Settings()
    assert settings.database_url == "sqlite:///var/vitrage.db"
    assert settings.api_url == "https://api.telegram.org"


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_an_environment_variable_or_a_line_of_env(
    monkeypatch: pytest.MonkeyPatch, folder: Path, name: str
) -> None:
    """Both have the same effect, and an empty value has none."""
    variable, (written, read) = f"VITRAGE_{name.upper()}", VALUES[name]
    default = getattr(Settings(), name)
    monkeypatch.setenv(variable, written)
    assert getattr(Settings(), name) == read != default
    monkeypatch.setenv(variable, "")
    assert getattr(Settings(), name) == default
    (folder / ".env").write_text(f"{variable}={written}\n")
    assert getattr(Settings(), name) == read
    for nothing in (f"{variable}=", f'{variable}=""', variable):
        (folder / ".env").write_text(nothing)
        assert getattr(Settings(), name) == default


def test_the_example_shows_every_setting_with_its_default(folder: Path) -> None:
    """A copy of it as `.env` changes nothing, with and without the comment signs before the settings."""
    text, defaults = EXAMPLE.read_text(encoding="utf-8"), Settings()
    shown = re.findall(r"^#?VITRAGE_(\w+)=", text, flags=re.MULTILINE)
    assert shown == [name.upper() for name in Settings.model_fields]
    for lines in (text, text.replace("#VITRAGE_", "VITRAGE_")):
        (folder / ".env").write_text(lines, encoding="utf-8")
        assert Settings() == defaults


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("VITRAGE_TOKEN", "hello", "BotFather"),
        ("VITRAGE_API_URL", "telegram", "https://"),
        ("VITRAGE_DATABASE", "mysql://db/x", "postgresql://"),
        ("VITRAGE_BLOBS", "https://key:secret@s3/x", "s3://BUCKET"),
        ("VITRAGE_MAX_QUEUED", "0", "greater"),
        ("VITRAGE_METRICS", "10.0.0.5:99999", "9464"),
        ("VITRAGE_METRICS", "http://10.0.0.5:9464", "9464"),
        ("VITRAGE_LISTEN", "localhost", "9464"),
        ("VITRAGE_WEBHOOK", "bot.example.org", "https://bot.example.org"),
        ("VITRAGE_WEBHOOK", "https://bot.example.org/?bot=1", "https://bot.example.org"),
        ("VITRAGE_WEBHOOK", "http://bot.example.org", "https:// alone"),
        ("VITRAGE_WEBHOOK", "http://127.0.0.1:8443", "https:// alone"),
        ("VITRAGE_WEBHOOK", "https://bot.example.org:9000", "443, 80, 88 and 8443"),
        ("VITRAGE_QUALITY", "best", "sketch"),
        ("VITRAGE_KERNELS", "fast", "'auto', 'direct' or 'winograd'"),
    ],
)
def test_a_wrong_setting_is_refused_with_what_would_be_right(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    """The operator learns at once what to mend."""
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=says):
        Settings()


@pytest.mark.parametrize(
    ("value", "devices"), [("", ["auto"]), ("cpu", ["cpu"]), (" cuda:0,cuda:1,", ["cuda:0", "cuda:1"]), (",", ["auto"])]
)
def test_several_devices_stand_with_commas_between(
    monkeypatch: pytest.MonkeyPatch, value: str, devices: list[str]
) -> None:
    monkeypatch.setenv("VITRAGE_DEVICE", value)
    assert Settings().devices == devices


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("9464", ("127.0.0.1", 9464)),
        ("10.0.0.5:9464", ("10.0.0.5", 9464)),
        ("[::1]:0", ("::1", 0)),
        ("", None),
    ],
)
def test_metrics_are_shown_on_loopback_unless_an_address_is_named(
    monkeypatch: pytest.MonkeyPatch, value: str, address: tuple[str, int] | None
) -> None:
    """They are off by default, and nobody else's by mistake."""
    monkeypatch.setenv("VITRAGE_METRICS", value)
    assert Settings().metrics_address == address


@pytest.mark.parametrize("name", ["blobs", "metrics", "webhook"])
def test_off_undoes_a_line_of_env(monkeypatch: pytest.MonkeyPatch, folder: Path, name: str) -> None:
    """An empty variable would leave the line in force: the demo needs a word for none."""
    (folder / ".env").write_text(f"VITRAGE_{name.upper()}={VALUES[name][0]}\n")
    monkeypatch.setenv(f"VITRAGE_{name.upper()}", "off")
    assert getattr(Settings(), name) is None


def test_a_webhook_is_public_only_for_telegram(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    """A sandbox delivers on this machine too."""
    (folder / ".env").write_text("VITRAGE_WEBHOOK=https://bot.example.org:8443/x\n")
    assert Settings().webhook == "https://bot.example.org:8443/x"
    assert Settings().listen_address == ("127.0.0.1", 8443)
    monkeypatch.setenv("VITRAGE_API_URL", "http://127.0.0.1:8081")
    monkeypatch.setenv("VITRAGE_WEBHOOK", "http://127.0.0.1:9000")
    assert Settings().webhook == "http://127.0.0.1:9000"


def test_a_password_of_the_database_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither where settings are printed nor where the operator is told which database it is."""
    monkeypatch.setenv("VITRAGE_DATABASE", "postgresql://ann:secret@db:5433/vitrage")
    settings = Settings()
    assert settings.database_url == "postgresql://ann:secret@db:5433/vitrage"
    assert "secret" not in repr(settings)
    assert shown(settings.database_url) == "postgresql://ann@db:5433/vitrage"


def test_the_token_shows_neither_in_settings_nor_in_any_log_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token hides in every Bot API URL; a log may be shown to anybody."""
    monkeypatch.setenv("VITRAGE_TOKEN", TOKEN)
    assert TOKEN not in repr(Settings())
    root = logging.getLogger()
    before = root.handlers, root.level
    try:
        logs.configure()
        handler = root.handlers[0]
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(written := io.StringIO())
        logging.getLogger("somebody").warning("GET https://api.telegram.org/bot%s/getMe", TOKEN)
        structlog.get_logger("ours").error("failed", url=f"https://api.telegram.org/file/bot{TOKEN}/photos/1.jpg")
        try:
            raise ValueError(TOKEN)
        except ValueError:
            structlog.get_logger("ours").exception("failed")
        assert "getMe" in written.getvalue()
        assert "photos/1.jpg" in written.getvalue()
        assert TOKEN not in written.getvalue()
    finally:
        root.handlers, root.level = before
        structlog.reset_defaults()
