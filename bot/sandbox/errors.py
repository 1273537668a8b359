"""The one error that a Bot API call can end in."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A refusal as the wire carries it (Bot API, "Making requests": error_code, description, parameters)."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad_request(reason: str, parameters: dict[str, Any] | None = None) -> ApiError:
    """A 400: libraries match on the words that follow the prefix, so these are Telegram's own."""
    return ApiError(400, f"Bad Request: {reason}", parameters)


def forbidden(reason: str) -> ApiError:
    """A 403: the bot may not do this here."""
    return ApiError(403, f"Forbidden: {reason}")


def conflict(reason: str) -> ApiError:
    """A 409: polling and webhooks exclude one another, and so do two pollers."""
    return ApiError(409, f"Conflict: {reason}")


def too_many_requests(seconds: int) -> ApiError:
    """A 429 with the pause that the bot has to keep (Bot API, ResponseParameters)."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
