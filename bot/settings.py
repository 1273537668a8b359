"""All settings of the bot, read in one place: from environment variables `VITRAGE_*` and from the file `.env`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.storage.databases import POSTGRES, SQLITE
from bot.storage.models import Quality

TOKEN = re.compile(r"\d{3,}:[A-Za-z0-9_-]{30,}")
TELEGRAM = "https://api.telegram.org"
WEBHOOK_PORTS = (443, 80, 88, 8443)  # to which Telegram delivers (Bot API, setWebhook)

Kernels = Literal["auto", "direct", "winograd"]


class SettingsError(Exception):
    """A setting is missing or wrong; the message says which one, and what to do."""


class Settings(BaseSettings):
    """What the operator of the bot can choose.

    Each setting is an environment variable, or a line of `.env` in the working directory. Where both are given, the
    environment variable is used. An empty value is the same as none. The README and `.env.example` list all settings.
    """

    model_config = SettingsConfigDict(
        env_prefix="VITRAGE_", env_file=".env", env_ignore_empty=True, extra="ignore", frozen=True
    )

    token: SecretStr | None = Field(
        default=None, description="The bot's token from @BotFather. `vitrage demo` needs none."
    )
    api_url: str = Field(default=TELEGRAM, description="Where the Bot API answers: Telegram, or a sandbox.")
    data_dir: Path = Field(
        default=Path("var"), description="The folder of the database and of the pictures of unfinished jobs."
    )
    database: SecretStr | None = Field(
        default=None,
        description="`sqlite:///FILE`, by default `vitrage.db` in the data folder; or `postgresql://USER:PASSWORD@HOST/NAME`.",
    )
    blobs: str | None = Field(
        default=None,
        description="`s3://BUCKET/FOLDER`: pictures are kept there instead of in PostgreSQL; or `off`.",
    )
    weights: str = Field(
        default="auto", description="`auto`, `pretrained`, `builtin`, or a `.pth` or `.safetensors` file."
    )
    weights_url: str | None = Field(
        default=None, description="Where the full weights are downloaded from; by default torchvision's server."
    )
    cache: Path | None = Field(
        default=None, description="The folder of downloaded weights; by default the user's cache folder."
    )
    device: str = Field(
        default="auto", description="`auto`, `cpu`, `cuda`, `mps`, or several with commas between: `cuda:0, cuda:1`."
    )
    kernels: Kernels = Field(
        default="auto",
        description="Of float32 convolutions on a CPU: `direct`, `winograd`, or `auto`, the faster ones.",
    )
    quality: Quality | Literal["auto"] = Field(
        default="auto",
        description="The quality for users who chose none in /settings; `auto`: `standard`, or a quicker one.",
    )
    max_queued: int = Field(default=5, ge=1, description="How many pictures one user may have waiting.")
    max_queued_group: int = Field(
        default=20, ge=1, description="How many pictures one group may have waiting or in work."
    )
    max_per_day: int = Field(default=200, ge=1, description="How many pictures one user may have in 24 hours.")
    max_depth: int = Field(
        default=500, ge=1, description="How many pictures may wait in all before the bot says that it is busy."
    )
    admins: Annotated[tuple[int, ...], NoDecode] = Field(
        default=(),
        description="Telegram's numbers of the bot's operators, separated by commas: they may use /stats and more.",
    )
    presets_dir: Path | None = Field(
        default=None, description="A folder of pictures that users can choose as styles, besides the drawn ones."
    )
    study: Path | None = Field(
        default=None,
        description="The folder of a finished study (`vitrage-engine study`), for people to vote on: /vote.",
    )
    filter_url: str | None = Field(
        default=None, description="A web service that gets each photo by POST: 2xx accepts it, 403 refuses it."
    )

    metrics: str | None = Field(
        default=None,
        description="`PORT` on this machine alone, or `HOST:PORT`: where /metrics, /healthz and /readyz answer; `off`.",
    )
    webhook: str | None = Field(
        default=None,
        description="The public `https://…` of a proxy to which Telegram brings updates; `off`, to ask for them.",
    )
    listen: str = Field(
        default="8443",
        description="`PORT` on this machine alone, or `HOST:PORT`: where the proxy of the webhook finds the bot.",
    )

    @field_validator("admins", mode="before")
    @classmethod
    def _split_numbers(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        if not re.fullmatch(r"[\d,\s]*", value):
            raise ValueError("it must be numbers with commas between them, such as 123456,234567")
        return tuple(int(number) for number in re.findall(r"\d+", value))

    @field_validator("blobs", "metrics", "webhook", mode="before")
    @classmethod
    def _take_off_for_none(cls, value: object) -> object:
        return None if value == "off" else value  # so that a variable can undo a line of `.env`

    @field_validator("presets_dir", "study")
    @classmethod
    def _require_folder(cls, path: Path | None) -> Path | None:
        if path is not None and not path.is_dir():
            raise ValueError(f"{path} is not a folder")
        return path

    @field_validator("token")
    @classmethod
    def _require_bot_token(cls, token: SecretStr | None) -> SecretStr | None:
        if token is not None and not TOKEN.fullmatch(token.get_secret_value()):
            raise ValueError("it is not a bot token (digits, a colon, then 35 characters): copy it from @BotFather")
        return token

    @field_validator("api_url", "filter_url", "weights_url")
    @classmethod
    def _require_http_url(cls, url: str | None) -> str | None:
        if url is None:
            return None
        if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
            raise ValueError("it must be a URL such as https://api.telegram.org")
        return url.rstrip("/")

    @field_validator("database")
    @classmethod
    def _require_known_kind(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not url.get_secret_value().startswith((SQLITE, *POSTGRES)):
            raise ValueError("it must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
        return url

    @field_validator("blobs")
    @classmethod
    def _require_bucket(cls, url: str | None) -> str | None:
        if url is not None and not re.fullmatch(r"s3://[\w.-]+(/[\w./-]*)?", url):
            raise ValueError("it must be s3://BUCKET or s3://BUCKET/FOLDER; the keys are set by AWS_ACCESS_KEY_ID …")
        return url

    @field_validator("webhook")
    @classmethod
    def _require_deliverable_url(cls, url: str | None, info: ValidationInfo) -> str | None:
        if url is None:
            return None
        if not re.fullmatch(r"https?://([\w.-]+|\[[\da-fA-F:]+\])(:\d{1,5})?(/[^\s?#]*)?", url):
            raise ValueError("it must be a URL such as https://bot.example.org, or off")
        parts = urlsplit(url)
        if info.data.get("api_url") == TELEGRAM and (
            parts.scheme != "https" or (parts.port or 443) not in WEBHOOK_PORTS
        ):
            raise ValueError("Telegram delivers to https:// alone, at the ports 443, 80, 88 and 8443")
        return url.rstrip("/")

    @field_validator("metrics", "listen")
    @classmethod
    def _require_address(cls, address: str | None) -> str | None:
        if address is not None:
            _, _, port = address.rpartition(":")
            if not re.fullmatch(r"([\w.-]+:|\[[\da-fA-F:]+\]:)?\d{1,5}", address) or int(port) > 65535:
                raise ValueError("it must be a port such as 9464, or an address and a port such as 10.0.0.5:9464")
        return address

    @property
    def metrics_address(self) -> tuple[str, int] | None:
        """Host and port of the operator's pages; a port alone is one of loopback. None: there are no such pages."""
        return None if self.metrics is None else _host_and_port(self.metrics)

    @property
    def listen_address(self) -> tuple[str, int]:
        """Host and port where the webhook is served; a port alone is one of loopback."""
        return _host_and_port(self.listen)

    @property
    def database_url(self) -> str:
        """The database, with its password."""
        return self.database.get_secret_value() if self.database else f"{SQLITE}{self.data_dir / 'vitrage.db'}"

    @property
    def devices(self) -> list[str]:
        """Where pictures are painted, as the engine names it; each gets an engine child."""
        return [name for part in self.device.split(",") if (name := part.strip())] or ["auto"]

    @property
    def blobs_dir(self) -> Path:
        """The folder of picture files, beside a SQLite database."""
        return self.data_dir / "blobs"

    def required_token(self) -> str:
        """Return the token.

        Raises:
            SettingsError: none is set.
        """
        if self.token is None:
            raise SettingsError(
                "VITRAGE_TOKEN is not set: get a token from @BotFather, or try `vitrage demo` without one."
            )
        return self.token.get_secret_value()


def _host_and_port(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host.strip("[]") or "127.0.0.1", int(port)
