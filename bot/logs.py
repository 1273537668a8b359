"""Logging: one line an event, to standard error, without secrets."""

from __future__ import annotations

import logging
import re
import sys

import structlog

# A bot token hides in every Bot API and file URL, so it is cut out of whatever is about to be written.
_SECRET = re.compile(r"\d{3,}:[A-Za-z0-9_-]{30,}")


class _Redacting(logging.Formatter):
    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self._formatter = formatter

    def format(self, record: logging.LogRecord) -> str:
        return _SECRET.sub("<token>", self._formatter.format(record))


QUIET = logging.ERROR


def configure(level: int = logging.INFO) -> None:
    """Send the events of structlog and of every library through one redacting handler."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="%Y-%m-%d %H:%M:%S", utc=False),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    handler = logging.StreamHandler()
    handler.setFormatter(_Redacting(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared)))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for chatty in ("httpx", "httpcore", "telegram", "apscheduler"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
