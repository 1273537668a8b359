"""The bytes behind file_ids, in memory, with a cap: the oldest go first."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass

from bot.sandbox.errors import bad_request
from bot.sandbox.state.accounts import Json

DOWNLOAD_LIMIT = 20 * 2**20  # Bot API, getFile
DEFAULT_CAP = 512 * 2**20


@dataclass(frozen=True)
class StoredFile:
    """One file: `path` is what getFile returns and what the download asks for."""

    id: str
    unique_id: str
    path: str
    name: str
    mime: str
    data: bytes


class FileStore:
    """Files by id and by path."""

    def __init__(self, cap: int = DEFAULT_CAP) -> None:
        self.cap = cap
        self.size = 0
        self._by_id: OrderedDict[str, StoredFile] = OrderedDict()
        self._by_path: dict[str, StoredFile] = {}
        self._contents: dict[str, Json] = {}
        self._count = 0

    def add(self, data: bytes, *, folder: str, name: str, mime: str) -> StoredFile:
        """Store bytes under a fresh id; the unique id depends on the bytes alone."""
        self._count += 1
        suffix = extension(name)
        digest = hashlib.sha256(data).digest()[:12]
        file = StoredFile(
            id=f"{folder[:2]}AC{secrets.token_urlsafe(36)}",
            unique_id=f"AQ{base64.urlsafe_b64encode(digest).decode()}",
            path=f"{folder}/file_{self._count}{suffix}",
            name=name,
            mime=mime,
            data=data,
        )
        self.restore(file)
        return file

    def restore(self, file: StoredFile) -> None:
        """Take in a file with the ids that it already has."""
        self._by_id[file.id] = file
        self._by_path[file.path] = file
        self.size += len(file.data)
        self._count = max(self._count, int(file.path.rpartition("file_")[2].partition(".")[0]))
        while self.size > self.cap and len(self._by_id) > 1:
            _, oldest = self._by_id.popitem(last=False)
            del self._by_path[oldest.path]
            self._contents.pop(oldest.id, None)
            self.size -= len(oldest.data)

    def get(self, file_id: str) -> StoredFile:
        """The file with this id, or Telegram's refusal."""
        try:
            return self._by_id[file_id]
        except KeyError:
            raise bad_request("wrong file_id or the file is temporarily unavailable") from None

    def find(self, file_id: str) -> StoredFile | None:
        """The file with this id, if it is still there."""
        return self._by_id.get(file_id)

    def describe(self, file_id: str, content: Json) -> None:
        """Remember the message content that a file came in, so that its id can be sent again."""
        self._contents[file_id] = content

    def content_of(self, file_id: str) -> Json | None:
        """The message content that a file came in."""
        return self._contents.get(file_id)

    def at(self, path: str) -> StoredFile | None:
        """The file behind a download path; nothing is ever looked up on the disk."""
        return self._by_path.get(path)

    def described(self) -> list[tuple[StoredFile, Json | None]]:
        """Every file with the content that it came in, oldest first."""
        return [(file, self._contents.get(file.id)) for file in self._by_id.values()]


def extension(name: str) -> str:
    """A harmless file name ending: letters and digits only, since it becomes part of a URL."""
    ending = name.rpartition(".")[2] if "." in name else ""
    return f".{ending.lower()}" if ending.isascii() and ending.isalnum() and len(ending) <= 8 else ""
