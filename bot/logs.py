"""Logging: one line an event, to standard error, without bot tokens."""

from __future__ import annotations

import logging
import sys

import structlog

from bot.settings import TOKEN


class _RedactingFormatter(logging.Formatter):
    """Formats a record by another formatter and removes bot tokens: every URL of the Bot API contains one."""

    def __init__(self, formatter: logging.Formatter) -> None:
        super().__init__()
        self._formatter = formatter

    def format(self, record: logging.LogRecord) -> str:
        return TOKEN.sub("<token>", self._formatter.format(record))


def configure(level: int = logging.INFO) -> None:
    """Write the events of structlog and of every library through one redacting handler."""
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
    # The renderer's own tracebacks show local variables: texts and pictures of users, and tokens broken over two lines.
    plain = structlog.dev.plain_traceback
    renderer = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)
    formatter = structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared)
    handler = logging.StreamHandler()
    handler.setFormatter(_RedactingFormatter(formatter))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for verbose in ("httpx", "httpcore", "telegram", "apscheduler", "procrastinate"):
        logging.getLogger(verbose).setLevel(logging.WARNING)
