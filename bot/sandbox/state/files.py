"""The bytes behind file_ids, in memory. Beyond a cap the oldest files are forgotten."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections import OrderedDict
from dataclasses import dataclass

from bot.sandbox import Json

DOWNLOAD_LIMIT = 20 * 2**20  # Bot API, getFile
DEFAULT_CAP = 512 * 2**20
ID_LENGTH = 52  # characters of an id without the mark of a bot
MARK_LENGTH = 12


@dataclass(frozen=True)
class StoredFile:
    """One file; `path` is the file_path that getFile returns and the download address contains."""

    id: str
    unique_id: str
    path: str
    name: str
    mime: str
    data: bytes


class FileStore:
    """Files by id and by path; `cap` and `size` are in bytes.

    A bot gets an id with a mark. The mark is another one for each bot and each message: a file_id is valid for one bot
    only, and a file has several (Bot API, "Sending files").
    """

    def __init__(self, cap: int = DEFAULT_CAP) -> None:
        self.cap = cap
        self.size = 0
        self._by_id: OrderedDict[str, StoredFile] = OrderedDict()
        self._by_path: dict[str, StoredFile] = {}
        self._contents: dict[str, Json] = {}
        self._count = 0

    def add(self, data: bytes, *, folder: str, name: str, mime: str) -> StoredFile:
        """Store bytes under a new id; equal bytes have equal unique ids."""
        self._count += 1
        suffix = _extension(name)
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
        """Store a file with the ids that it already has."""
        self._by_id[file.id] = file
        self._by_path[file.path] = file
        self.size += len(file.data)
        self._count = max(self._count, int(file.path.rpartition("file_")[2].partition(".")[0]))
        while self.size > self.cap and len(self._by_id) > 1:
            _, oldest = self._by_id.popitem(last=False)
            del self._by_path[oldest.path]
            self._contents.pop(oldest.id, None)
            self.size -= len(oldest.data)

    def find(self, file_id: str) -> StoredFile | None:
        """Return the file with this id, with or without the mark of a bot, or None."""
        return self._by_id.get(file_id[:ID_LENGTH])

    def id_for(self, bot_id: int, file_id: str, message_id: int) -> str:
        """Return the id by which a bot knows the file of a message."""
        salt = _digest(f"message {message_id}")[:4]
        return file_id + salt + _digest(f"{bot_id} {file_id} {salt}")[: MARK_LENGTH - len(salt)]

    def belongs_to(self, bot_id: int, file_id: str) -> bool:
        """Return whether this id was given to this bot; the file may be forgotten."""
        plain, mark = file_id[:ID_LENGTH], file_id[ID_LENGTH:]
        return len(mark) == MARK_LENGTH and mark[4:] == _digest(f"{bot_id} {plain} {mark[:4]}")[: MARK_LENGTH - 4]

    def describe(self, file_id: str, content: Json) -> None:
        """Remember the message content that contains a file, so that the file can be sent again by its id."""
        self._contents[file_id] = content

    def content_of(self, file_id: str) -> Json | None:
        """Return the message content that contains a file, or None."""
        return self._contents.get(file_id[:ID_LENGTH])

    def at(self, path: str) -> StoredFile | None:
        """Return the file with this path, or None. The disk is never read."""
        return self._by_path.get(path)

    def described(self) -> list[tuple[StoredFile, Json | None]]:
        """Return every file with the message content that contains it, oldest first."""
        return [(file, self._contents.get(file.id)) for file in self._by_id.values()]


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _extension(name: str) -> str:
    """Return the ending of a file name, if it is safe in a URL: letters and digits only."""
    ending = name.rpartition(".")[2] if "." in name else ""
    return f".{ending.lower()}" if ending.isascii() and ending.isalnum() and len(ending) <= 8 else ""
