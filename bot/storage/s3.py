"""A bucket on an S3 server, by obstore: `pip install vitrage[s3]`.

The server's address, its region and the keys are those of the usual variables: AWS_ENDPOINT_URL, AWS_REGION,
AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what else obstore reads. They are never logged.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta

import obstore
import structlog
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import S3Store

from bot.storage.blobs import KEY
from bot.storage.errors import BucketRefusedError, BucketUnavailableError
from bot.storage.patience import PAUSE

log = structlog.get_logger(__name__)

S3 = "s3://"

ANSWER = 30.0  # seconds for one call in all, also from a server that is slow
DELETION = 8.0  # seconds for a deletion, which is done within a transaction
_TRIES = re.compile(r" in [\d.]+\S*s(, after \d+ retries.*?retry_timeout: \S+)?[\s-]*")

RETRIES = timedelta(seconds=10)  # for which obstore repeats what was answered by 5xx or not at all


class Bucket:
    """Objects named by the keys of blobs, below the folder that the URL names.

    Every method raises BucketUnavailableError where the server does not do it: the call may be repeated later.
    """

    def __init__(self, url: str) -> None:
        address = os.environ.get("AWS_ENDPOINT_URL", "")
        if address and not address.startswith(("http://", "https://")):
            raise BucketRefusedError("AWS_ENDPOINT_URL is no URL", "write it as https://HOST")
        try:
            self._objects = S3Store.from_url(
                url,
                client_options={
                    # Only where the operator wrote an address without TLS.
                    "allow_http": address.startswith("http://"),
                    "connect_timeout": timedelta(seconds=5),
                    "timeout": timedelta(seconds=ANSWER),
                },
                retry_config={"max_retries": 5, "retry_timeout": RETRIES},
            )
        except (BaseError, ValueError) as error:
            raise BucketRefusedError(_sentence(error)) from None

    async def put(self, key: str, data: bytes) -> None:
        """Store bytes durably: they survive power loss of this host once this returns."""
        async with _bucket_errors(ANSWER):
            # In one request: parts of an upload that ends early would stay, unseen.
            await obstore.put_async(self._objects, key, data, use_multipart=False)

    async def get(self, key: str) -> bytes:
        """Return the bytes; KeyError if they are not here."""
        if not KEY.fullmatch(key):
            raise KeyError(key)
        async with _bucket_errors(ANSWER):
            try:
                found = await obstore.get_async(self._objects, key)
                return bytes(await found.bytes_async())
            except FileNotFoundError:
                raise KeyError(key) from None

    async def delete(self, keys: Sequence[str]) -> None:
        """Delete all of these; it is no error if some are gone."""
        async with _bucket_errors(DELETION):
            await obstore.delete_async(self._objects, keys)

    async def try_out(self) -> None:
        """Write, read and delete an object: whether all of it is allowed is known at the start, and not by a user."""
        key = secrets.token_hex(16)
        await self.put(key, b"vitrage")
        await self.get(key)
        await self.delete([key])


async def open_bucket(url: str, patience: float) -> Bucket:
    """Return the bucket as soon as the server lets it be used.

    Args:
        url: s3://BUCKET, or s3://BUCKET/FOLDER.
        patience: Seconds to wait for a server that does not answer.

    Raises:
        BucketRefusedError: The server answers and refuses, or the URL is wrong.
        BucketUnavailableError: It does not answer in time.
    """
    bucket = Bucket(url)
    deadline = time.monotonic() + patience
    while True:
        try:
            await bucket.try_out()
            return bucket
        except KeyError:
            raise BucketRefusedError("it does not return what was just put into it") from None
        except BucketUnavailableError as error:
            if isinstance(error.__cause__, PermissionDeniedError | UnauthenticatedError | FileNotFoundError):
                raise BucketRefusedError(_sentence(error.__cause__)) from None
            if time.monotonic() > deadline:
                raise
            log.warning("store_unreachable", reason=str(error), next_try_seconds=PAUSE)
        await asyncio.sleep(PAUSE)


@asynccontextmanager
async def _bucket_errors(seconds: float) -> AsyncIterator[None]:
    """Convert what obstore raises, and give up after so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except (BaseError, OSError) as error:  # TimeoutError and FileNotFoundError are OSErrors
        raise BucketUnavailableError(_sentence(error)) from error


def _sentence(error: BaseException) -> str:
    """Return what happened in one short line, without how often it was tried and the page that the server sent."""
    first = str(error).strip().split("\n")[0] or "no answer in time"
    return _TRIES.sub(": ", first).split("<")[0][:300].rstrip(" .:-")
