"""A client of the Bot API without a library, so that a test decides what is sent."""

from __future__ import annotations

import ssl
from types import TracebackType
from typing import Any

import httpx

TOKEN = "123456:" + "A" * 35


class RefusedError(Exception):
    """The sandbox refused a call; it has the HTTP status, the description and the ResponseParameters."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {body['description']}")
        assert body["error_code"] == status
        assert body["ok"] is False
        self.status, self.description = status, body["description"]
        self.parameters: dict[str, Any] = body.get("parameters", {})


class Api:
    """One bot, by its token."""

    def __init__(self, url: str, token: str) -> None:
        self.token = token
        bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # without certificates, which would take long to load
        self.http = httpx.AsyncClient(base_url=url, timeout=60, trust_env=False, verify=bare)

    async def __aenter__(self) -> Api:
        await self.call("getMe")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.http.aclose()

    async def call(self, method: str, files: dict[str, Any] | None = None, **values: Any) -> Any:
        """Call a method with a JSON body, or with a form when there are files, and return its result.

        Raises:
            RefusedError: the sandbox refused the call.
        """
        address = f"/bot{self.token}/{method}"
        if files is None:
            answer = await self.http.post(address, json=values)
        else:
            answer = await self.http.post(address, data=values, files=files)
        body = answer.json()
        if answer.status_code != 200:
            raise RefusedError(answer.status_code, body)
        assert body["ok"] is True
        return body["result"]

    async def updates(self, offset: int = 0, seconds: int = 5, **values: Any) -> list[dict[str, Any]]:
        """Call getUpdates once, and wait at most so many seconds."""
        found: list[dict[str, Any]] = await self.call("getUpdates", offset=offset, timeout=seconds, **values)
        return found

    async def update(self, kind: str) -> dict[str, Any]:
        """Poll until there is an update of this kind, confirm it, and return its field of that name."""
        while True:
            for update in await self.updates():
                await self.updates(offset=update["update_id"] + 1, seconds=0)
                if kind in update:
                    found: dict[str, Any] = update[kind]
                    return found

    async def pending(self) -> list[dict[str, Any]]:
        """Return and confirm the updates that are pending now, so that a test can see that there are none."""
        found = await self.updates(seconds=0)
        if found:
            await self.updates(offset=found[-1]["update_id"] + 1, seconds=0)
        return found
