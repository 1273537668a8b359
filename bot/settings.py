"""All settings, read in one place from the environment (`VITRAGE_*`) and an `.env` file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.storage.models import Quality

TOKEN = re.compile(r"\d{3,}:[A-Za-z0-9_-]{30,}")


class Settings(BaseSettings):
    """What the person who runs the bot can choose. The README has the same list as a table."""

    model_config = SettingsConfigDict(env_prefix="VITRAGE_", env_file=".env", extra="ignore", frozen=True)

    token: SecretStr | None = Field(
        default=None, description="The bot's token from @BotFather. `vitrage demo` needs none."
    )
    api_url: str = Field(
        default="https://api.telegram.org", description="Where the Bot API answers: Telegram, or a sandbox."
    )
    data_dir: Path = Field(default=Path("var"), description="Where the database and pictures in work are kept.")
    database: str = Field(default="", description="`sqlite:///FILE`; by default `vitrage.db` in the data folder.")
    weights: str = Field(
        default="auto", description="`auto`, `pretrained`, `builtin`, or a `.pth` or `.safetensors` file."
    )
    device: str = Field(default="auto", description="`auto`, `cpu`, `cuda`, `cuda:1` …")
    quality: Quality = Field(default="standard", description="The quality of users who chose none in /settings.")
    max_queued: int = Field(default=5, ge=1, description="How many pictures one user may have waiting.")

    max_queued_group: int = Field(default=20, ge=1, description="How many one group may have waiting or in work.")
    max_per_day: int = Field(default=200, ge=1, description="How many pictures one user may have in 24 hours.")
    max_depth: int = Field(default=500, ge=1, description="How many may wait in all before the bot says it is busy.")
    admins: Annotated[tuple[int, ...], NoDecode] = Field(
        default=(),
        description="Telegram's numbers of the users who run the bot, with commas: they get /stats and more.",
    )
    presets_dir: Path | None = Field(
        default=None, description="Folder of pictures that users can choose as styles by name, besides the drawn ones."
    )

    filter_url: str = Field(
        default="", description="A web service that is asked about each photo by POST: 2xx lets it pass, 403 refuses."
    )

    @field_validator("admins", mode="before")
    @classmethod
    def _numbers(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        if not re.fullmatch(r"[\d,\s]*", value):
            raise ValueError("it must be numbers with commas between them, such as 123456,234567")
        return tuple(int(number) for number in re.findall(r"\d+", value))

    @field_validator("presets_dir")
    @classmethod
    def _folder(cls, path: Path | None) -> Path | None:
        if path is not None and not path.is_dir():
            raise ValueError(f"{path} is not a folder")
        return path

    @field_validator("token")
    @classmethod
    def _well_formed_token(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("it is not a bot token (digits, a colon, then 35 characters): copy it from @BotFather")
        return token

    @field_validator("filter_url")
    @classmethod
    def _no_or_http_url(cls, url: str) -> str:
        return cls._http_url(url) if url else url

    @field_validator("api_url")
    @classmethod
    def _http_url(cls, url: str) -> str:
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
            raise ValueError("it must be a URL such as https://api.telegram.org")
        return url.rstrip("/")

    @field_validator("database")
    @classmethod
    def _sqlite_only(cls, url: str) -> str:
        if url and not url.startswith("sqlite:///"):
            raise ValueError("it must be sqlite:///FILE")
        return url

    @property
    def database_file(self) -> Path:
        """The SQLite file."""
        return Path(self.database.removeprefix("sqlite:///")) if self.database else self.data_dir / "vitrage.db"

    @property
    def blobs_dir(self) -> Path:
        """The folder of the pictures in work."""
        return self.data_dir / "blobs"

    def required_token(self) -> str:
        """Return the token.

        Raises:
            ValueError: none is set.
        """
        if self.token is None:
            raise ValueError("VITRAGE_TOKEN is not set: get a token from @BotFather, or try `vitrage demo` without one")
        return self.token.get_secret_value()
