"""The bytes of files in the people's API."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from bot.sandbox.errors import ApiError
from bot.sandbox.people.dependencies import TheWorld

router = APIRouter()
# Types that a browser shows without running anything in them. All other files are downloads.
SAFE_TYPES = ("image/jpeg", "image/png", "image/webp", "image/gif", "video/mp4", "video/webm")


@router.get("/files/{file}", response_class=Response, summary="The bytes of a file")
async def get_file(world: TheWorld, file: str) -> Response:
    """Return the bytes of a file."""
    stored = world.files.find(file)
    if stored is None:
        raise ApiError(404, "no such file, or it made room for newer ones")
    if stored.mime in SAFE_TYPES:
        headers = {"cache-control": "private, max-age=86400, immutable"}
        return Response(stored.data, media_type=stored.mime, headers=headers)
    return Response(stored.data, media_type="application/octet-stream", headers={"content-disposition": "attachment"})
