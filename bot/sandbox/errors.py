"""The error that ends a call which the sandbox refuses."""

from __future__ import annotations

from bot.sandbox import Json


class ApiError(Exception):
    """A refusal, with the fields that Telegram sends (Bot API, "Making requests").

    Attributes:
        code: the HTTP status, which is also the field `error_code`.
        description: the reason in words.
        parameters: ResponseParameters for the bot's program, such as `retry_after`.
    """

    def __init__(self, code: int, description: str, parameters: Json | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def to_json(self) -> Json:
        """Return the body of the answer to a bot."""
        body: Json = {"ok": False, "error_code": self.code, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


def bad_request(reason: str, parameters: Json | None = None) -> ApiError:
    """Return a 400. Libraries match on the words that follow the prefix, so the reasons are Telegram's own."""
    return ApiError(400, f"Bad Request: {reason}", parameters)


def forbidden(reason: str) -> ApiError:
    """Return a 403: the bot may not do this in this chat."""
    return ApiError(403, f"Forbidden: {reason}")


def conflict(reason: str) -> ApiError:
    """Return a 409: a second poller, or polling while a webhook is set."""
    return ApiError(409, f"Conflict: {reason}")


def too_many_requests(seconds: int) -> ApiError:
    """Return a 429 with the seconds that the bot has to wait (Bot API, ResponseParameters)."""
    return ApiError(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})
