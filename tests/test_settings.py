"""Settings are checked at the start, and secrets never show."""

import io
import logging
from pathlib import Path

import pytest
import structlog
from pydantic import ValidationError

from bot import logs
from bot.settings import Settings

TOKEN = "123456:" + "A" * 35


def test_defaults_work_on_one_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without any setting there is a database in the data folder, and Telegram's own server."""
    monkeypatch.chdir(tmp_path)
    settings = Settings()
    assert settings.database_file == Path("var/vitrage.db")
    assert settings.api_url == "https://api.telegram.org"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("VITRAGE_TOKEN", "hello", "BotFather"),
        ("VITRAGE_API_URL", "telegram", "https://"),
        ("VITRAGE_DATABASE", "postgresql://db/x", "sqlite:///"),
        ("VITRAGE_MAX_QUEUED", "0", "greater"),
        ("VITRAGE_QUALITY", "best", "sketch"),
    ],
)
def test_a_wrong_setting_is_refused_with_what_would_be_right(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str
) -> None:
    """The owner learns at once what to mend."""
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError, match=says):
        Settings()


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
