"""The bytes of files, as a browser gets them."""

from __future__ import annotations

import httpx

from bot.sandbox.client import Client
from tests.support.sandbox_client import Api


async def test_uploads_cannot_run_in_the_page(sandbox: str, ann: Client, api: Api) -> None:
    """A file that says that it is HTML or SVG can only be downloaded: shown, it could run scripts in the page."""
    chat = await ann.open()
    for name in ("page.html", "picture.svg"):
        sent = await ann.call(
            "POST",
            f"/api/chats/{chat.key}/messages",
            data={"user": str(ann.id)},
            files={"files": (name, b"<script>alert(1)</script>", "image/svg+xml")}
            if name == "page.html"
            else {"files": (name, b"<svg/>", "text/html")},
        )
        file_id = sent["messages"][0]["document"]["file_id"]
        async with httpx.AsyncClient(base_url=sandbox, trust_env=False) as browser:
            answer = await browser.get(f"/api/files/{file_id}")
        assert answer.headers["content-type"] == "application/octet-stream"
        assert answer.headers["content-disposition"] == "attachment"
