"""A client of the people's API: one person who writes in chats, for tests and for `vitrage demo --once`.

```python
async with Client(url, name="Ann", language="en") as ann:
    chat = await ann.open()                                    # the chat with the only bot
    await chat.send("/start")                                  # -> Message
    sent = await chat.send_photos([cat, glass], "caption")     # paths or bytes -> list[Message], an album
    done = await chat.wait(lambda m: m.photo is not None, timeout=60)
    answer = await chat.press(done, "Stronger")                # label or callback data -> Answer(text, alert)
```
`wait` looks at what bots send or edit after a cursor: by default since this person's last `send` or `press` in the
chat. `ann.call("POST", "/api/groups", {...})` reaches the rest of the API, and `ann.chat(key)` any chat by its key. The
module needs httpx only, and no other part of the sandbox.
"""

from __future__ import annotations

import mimetypes
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx

LONGEST_POLL = 30.0  # seconds
SendAs = Literal["myself", "anonymous", "channel", "linked_channel"]
SIGNATURES = {"png": b"\x89PNG", "gif": b"GIF8", "mp4": b"ftyp", "webm": b"\x1a\x45\xdf\xa3", "webp": b"WEBP"}


class SandboxError(Exception):
    """The sandbox refused a request; the message is its reason."""


@dataclass(frozen=True)
class Media:
    """A picture, a video or another file in a message; `size` is in bytes."""

    file_id: str
    size: int
    width: int = 0
    height: int = 0
    name: str = ""
    mime: str = ""


@dataclass(frozen=True)
class Button:
    """One button under a message."""

    text: str
    data: str
    style: str = ""

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Button:
        """Return a button from the API's JSON."""
        return cls(raw["text"], raw.get("callback_data", ""), raw.get("style", ""))


@dataclass(frozen=True)
class Answer:
    """What the bot answered to a pressed button; `answered` is false when it did not answer in time."""

    answered: bool
    text: str
    alert: bool


@dataclass(frozen=True)
class Message:
    """One message as a person sees it; `text` is the text or the caption."""

    id: int
    from_bot: bool
    sender: str
    text: str
    photo: Media | None
    document: Media | None
    animation: Media | None
    video: Media | None
    sticker: Media | None
    buttons: tuple[tuple[Button, ...], ...]
    reply_to: int | None
    topic: int | None
    album: str | None
    edited: bool
    reactions: tuple[str, ...]
    raw: dict[str, Any]

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> Message:
        """Return a message from the API's JSON, which is kept in `raw`."""
        sizes = raw.get("photo")
        rows = raw.get("reply_markup", {}).get("inline_keyboard", [])
        return cls(
            id=raw["message_id"],
            from_bot=raw["by_bot"],
            sender=raw["from"]["first_name"],
            text=raw.get("text") or raw.get("caption") or "",
            photo=_media(sizes[-1]) if sizes else None,
            document=_media(raw.get("document")),
            animation=_media(raw.get("animation")),
            video=_media(raw.get("video")),
            sticker=_media(raw.get("sticker")),
            buttons=tuple(tuple(Button.from_json(button) for button in row) for row in rows),
            reply_to=raw.get("reply_to_message", {}).get("message_id"),
            topic=raw.get("message_thread_id") if raw.get("is_topic_message") else None,
            album=raw.get("media_group_id"),
            edited="edit_date" in raw,
            reactions=tuple(reaction["emoji"] for reaction in raw["reactions"]),
            raw=raw,
        )


def _media(raw: dict[str, Any] | None) -> Media | None:
    if raw is None:
        return None
    sides = raw.get("width", 0), raw.get("height", 0)
    return Media(raw["file_id"], raw["file_size"], *sides, raw.get("file_name", ""), raw.get("mime_type", ""))


Which = Message | int | None  # a message, or its id


class Client:
    """One person, by name: clients of the same name act as the same person."""

    def __init__(self, url: str, name: str = "Ann", language: str = "en") -> None:
        self.name, self.language = name, language
        self.id = 0
        # The sandbox is on this machine: no proxy, and no certificates, which would take long to load.
        bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        timeout = httpx.Timeout(60, pool=None)
        self._http = httpx.AsyncClient(base_url=url, timeout=timeout, trust_env=False, verify=bare)

    async def __aenter__(self) -> Client:
        user = await self.call("POST", "/api/users", {"name": self.name, "language": self.language})
        self.id = user["id"]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def call(self, verb: str, path: str, body: dict[str, Any] | None = None, **more: Any) -> Any:
        """Make a request and return the JSON of its answer; `body` is the query of a GET or a DELETE.

        Raises:
            SandboxError: the sandbox refused it.
        """
        given = {"params": body} if verb in ("GET", "DELETE") else {"json": body} if body is not None else {}
        answer = await self._http.request(verb, path, **given, **more)
        if not answer.is_success:
            raise SandboxError(f"{verb} {path}: {answer.json()['error']}")
        return answer.json()

    async def open(self, bot: str | None = None, timeout: float = 30.0) -> Chat:  # noqa: ASYNC109 - one deadline
        """Return the private chat with a bot, by its username or the first one.

        Raises:
            TimeoutError: that bot has not made a call in time.
        """
        deadline = time.monotonic() + timeout
        while True:
            known = await self.call("GET", "/api/bots")
            for found in known["bots"]:
                if bot in (None, found["username"]):
                    chat = await self.call("POST", "/api/chats", {"user": self.id, "bot": found["id"]})
                    return self.chat(chat["key"])
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError(f"no bot {bot or ''} has called the sandbox within {timeout:g} s")
            await self.call("GET", "/api/events", {"after": known["cursor"], "wait": min(left, LONGEST_POLL)})

    def chat(self, key: str, send_as: SendAs = "myself") -> Chat:
        """Return a chat by its key, such as a group that was made with `call`, and in whose name to write there."""
        return Chat(self, key, send_as)

    async def bytes_of(self, file_id: str) -> bytes:
        """Return the bytes of a file."""
        answer = await self._http.get(f"/api/files/{file_id}")
        if not answer.is_success:
            raise SandboxError(f"file {file_id}: {answer.status_code}")
        return answer.content


class Chat:
    """One chat as one person sees it, who writes there in a supergroup perhaps in the name of another chat."""

    def __init__(self, client: Client, key: str, send_as: SendAs) -> None:
        self.client, self.key, self.send_as = client, key, send_as
        self._sent_at = 0  # the cursor before the last message or press of this client
        self._path = f"/api/chats/{key}"

    async def cursor(self) -> int:
        """Return the number of the newest event, from which `wait` can go on."""
        return int((await self.client.call("GET", f"{self._path}/messages", {"limit": 1}))["cursor"])

    async def messages(self) -> list[Message]:
        """Return the messages that are in the chat now, oldest first."""
        found = await self.client.call("GET", f"{self._path}/messages", {"limit": 1000})
        return [Message.from_json(raw) for raw in found["messages"]]

    async def send(self, text: str, *, reply_to: Which = None, topic: int | None = None) -> Message:
        """Send a text."""
        return (await self._send(text, (), reply_to=reply_to, topic=topic))[0]

    async def send_photos(
        self,
        photos: Sequence[str | Path | bytes],
        caption: str = "",
        *,
        as_file: bool = False,
        spoiler: bool = False,
        reply_to: Which = None,
        topic: int | None = None,
    ) -> list[Message]:
        """Send pictures and videos, several as an album; `as_file` sends the files unchanged, `spoiler` hides them."""
        form = "file" if as_file else "spoiler" if spoiler else "media"
        return await self._send(caption, photos, form=form, reply_to=reply_to, topic=topic)

    async def send_sticker(
        self, picture: str | Path | bytes, *, reply_to: Which = None, topic: int | None = None
    ) -> Message:
        """Send a sticker; the sandbox makes one of a picture, as Telegram's apps do."""
        return (await self._send("", [picture], form="sticker", reply_to=reply_to, topic=topic))[0]

    async def _send(
        self, text: str, files: Sequence[str | Path | bytes], *, reply_to: Which, **fields: Any
    ) -> list[Message]:
        self._sent_at = await self.cursor()
        fields |= {"user": self.client.id, "text": text, "send_as": self.send_as}
        if reply_to is not None:
            fields["reply_to"] = getattr(reply_to, "id", reply_to)
        if files:
            form = {name: str(value) for name, value in fields.items() if value is not None}
            parts = [("files", _file(file, number)) for number, file in enumerate(files, 1)]
            sent = await self.client.call("POST", f"{self._path}/messages", data=form, files=parts)
        else:
            sent = await self.client.call("POST", f"{self._path}/messages", fields)
        return [Message.from_json(raw) for raw in sent["messages"]]

    async def wait(
        self,
        wanted: Callable[[Message], object] = lambda _: True,
        timeout: float = 30.0,  # noqa: ASYNC109 - the words of the error depend on it
        after: int | None = None,
    ) -> Message:
        """Return the first message that a bot sends or edits after a cursor and for which `wanted` is true.

        Raises:
            TimeoutError: there was none in time.
        """
        cursor, last = self._sent_at if after is None else after, "nothing"
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            query = {"after": cursor, "wait": min(left, LONGEST_POLL), "chat": self.key}
            found = await self.client.call("GET", "/api/events", query)
            cursor = found["cursor"]
            for event in found["events"]:
                if event["type"] not in ("message", "edited") or not event["message"]["by_bot"]:
                    continue
                message = Message.from_json(event["message"])
                if wanted(message):
                    return message
                last = f"message {message.id}: {message.text!r}, {'photo' if message.photo else 'no photo'}"
        raise TimeoutError(f"no such message from the bot within {timeout:g} s; seen last: {last}")

    async def press(self, message: Message | int, button: str, wait: float = 15.0) -> Answer:
        """Press a button by its callback data or its label, and wait so many seconds for the answer."""
        self._sent_at = await self.cursor()
        body = {"user": self.client.id, "button": button, "wait": wait}
        answer = await self.client.call("POST", f"{self._path}/messages/{getattr(message, 'id', message)}/press", body)
        return Answer(answer["answered"], answer["text"], answer["alert"])

    async def delete(self, message: Message | int) -> None:
        """Delete a message for everybody; bots are not told."""
        path = f"{self._path}/messages/{getattr(message, 'id', message)}"
        await self.client.call("DELETE", path, {"user": self.client.id})

    async def download(self, message: Message) -> bytes:
        """Return the largest size of a message's photo, or its file."""
        media = message.photo or message.animation or message.video or message.sticker or message.document
        if media is None:
            raise SandboxError(f"message {message.id} has neither picture nor file")
        return await self.client.bytes_of(media.file_id)


def _file(source: str | Path | bytes, number: int) -> tuple[str, bytes, str]:
    """Return name, bytes and type of a part of a form; the type of bytes is guessed from their signature."""
    if isinstance(source, bytes):
        ending = next((ending for ending, mark in SIGNATURES.items() if source[:12].find(mark) >= 0), "jpg")
        name, data = f"photo{number}.{ending}", source
    else:
        name, data = Path(source).name, Path(source).read_bytes()
    return name, data, mimetypes.guess_type(name)[0] or "application/octet-stream"
