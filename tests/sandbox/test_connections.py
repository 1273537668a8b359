"""What is refused before it reaches an API."""

from __future__ import annotations

import httpx

from bot.sandbox.client import Client


async def test_foreign_pages_are_kept_out(sandbox: str, ann: Client) -> None:
    """Requests of pages of another origin are refused, and those for another host name that resolves to loopback."""
    async with httpx.AsyncClient(base_url=sandbox, trust_env=False) as browser:
        body = {"name": "Mallory"}
        for headers in ({"origin": "https://evil.example"}, {"origin": "null"}, {"host": "evil.example"}):
            assert (await browser.post("/api/users", json=body, headers=headers)).status_code == 403
        own = await browser.post("/api/users", json=body, headers={"origin": sandbox})
        assert own.status_code == 200
        page = await browser.get("/")
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert page.headers["x-content-type-options"] == "nosniff"
