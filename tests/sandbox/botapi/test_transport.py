"""The transport: encodings, tokens, statuses, files."""

from __future__ import annotations

import json

import pytest

from bot.sandbox.client import Chat, Client
from tests.support.sandbox_client import TOKEN, Api, RefusedError


@pytest.fixture
def chat_id(chat: Chat, ann: Client) -> int:
    """The id of a private chat in which Ann has written."""
    return ann.id


@pytest.mark.parametrize("encoding", ["query", "form", "json", "multipart", "query of a POST"])
async def test_every_encoding_carries_a_call(api: Api, chat_id: int, encoding: str) -> None:
    """Query, urlencoded, JSON and multipart all work, with structures as JSON text where values are text."""
    values = {"chat_id": str(chat_id), "text": "Привет 🎨", "reply_markup": json.dumps({"inline_keyboard": []})}
    address = f"/bot{TOKEN}/sendMessage"
    answers = {
        "query": lambda: api.http.get(address, params=values),
        "query of a POST": lambda: api.http.post(address, params=values),
        "form": lambda: api.http.post(address, data=values),
        "json": lambda: api.http.post(
            address, json=values | {"chat_id": chat_id, "reply_markup": {"inline_keyboard": []}}
        ),
        "multipart": lambda: api.http.post(address, files={name: (None, value) for name, value in values.items()}),
    }
    answer = await answers[encoding]()
    assert answer.status_code == 200
    assert answer.json()["result"]["text"] == "Привет 🎨"


async def test_method_names_ignore_case(api: Api) -> None:
    """Telegram's method names are case-insensitive."""
    assert (await api.call("GETME"))["username"] == "vitrage_bot"


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/botnonsense/getMe", 404, "Not Found"),
        ("/bot123:short/getMe", 404, "Not Found"),
        (f"/bot{TOKEN[:-1]}B/getMe", 401, "Unauthorized"),
        (f"/bot{TOKEN}/sendDice", 400, "Bad Request: method sendDice is not in the sandbox"),
        (f"/bot{TOKEN}", 404, "Not Found"),
        (f"/bot{TOKEN}/a/b", 404, "Not Found"),
    ],
)
async def test_what_is_not_there_is_refused_in_words(api: Api, path: str, status: int, words: str) -> None:
    """Wrong tokens, unknown methods and addresses get Telegram's status and a description."""
    answer = await api.http.get(path)
    assert answer.status_code == status
    assert answer.json() == {"ok": False, "error_code": status, "description": words}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b'{"text": "\\ud800"}', "application/json"),
        (b'{"chat_id": NaN}', "application/json"),
        (b"no boundary here", "multipart/form-data"),
        (b"no part here", "multipart/form-data; boundary=x"),
        (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
        (b"[" * 100_000, "application/json"),
    ],
)
async def test_a_broken_body_is_a_bad_request(api: Api, body: bytes, kind: str) -> None:
    """A malformed body is refused with 400, not with 500."""
    answer = await api.http.post(f"/bot{TOKEN}/sendMessage", content=body, headers={"content-type": kind})
    assert answer.status_code == 400
    assert answer.json()["description"].startswith("Bad Request: ")


async def test_an_endless_body_is_cut_off(api: Api) -> None:
    """A JSON body beyond the limit is refused with 413, also when no header says its size."""

    async def endless() -> object:
        for _ in range(40):
            yield b" " * 2**20

    with pytest.raises(RefusedError) as caught:
        answer = await api.http.post(
            f"/bot{TOKEN}/getMe",
            content=endless(),  # type: ignore[arg-type]
            headers={"content-type": "application/json"},
        )
        raise RefusedError(answer.status_code, answer.json())
    assert caught.value.status == 413


async def test_a_document_comes_back_byte_for_byte(api: Api, ann: Client) -> None:
    """What a person sends as a file reaches the bot untouched, through getFile and the download address."""
    chat = await ann.open()
    payload = b"%PDF-1.4 " + bytes(range(256)) * 40
    await ann.call(
        "POST",
        f"/api/chats/{chat.key}/messages",
        data={"user": str(ann.id)},
        files={"files": ("../../etc/plan.pdf", payload)},
    )
    document = (await api.update("message"))["document"]
    assert document["file_name"] == "plan.pdf"
    assert document["mime_type"] == "application/pdf"
    file = await api.call("getFile", file_id=document["file_id"])
    answer = await api.http.get(f"/file/bot{TOKEN}/{file['file_path']}")
    assert answer.content == payload
    assert file["file_size"] == document["file_size"] == len(payload)


@pytest.mark.parametrize(
    "path", ["../../etc/passwd", "%2e%2e/%2e%2e/etc/passwd", "documents/file_999.pdf", "..%2fpyproject.toml"]
)
async def test_downloads_do_not_leave_the_store(api: Api, path: str) -> None:
    """No path of a download leads to a file on the disk."""
    answer = await api.http.get(f"/file/bot{TOKEN}/{path}")
    assert answer.status_code == 404


async def test_attachments_are_found_by_name(api: Api, chat_id: int) -> None:
    """attach://name means the part of the form with that name; without such a part the call is refused."""
    media = json.dumps([{"type": "document", "media": "attach://one"}, {"type": "document", "media": "attach://two"}])
    files = {"one": ("a.txt", b"first"), "two": ("b.txt", b"second")}
    sent = await api.call("sendMediaGroup", files=files, chat_id=str(chat_id), media=media)
    assert [message["document"]["file_name"] for message in sent] == ["a.txt", "b.txt"]
    with pytest.raises(RefusedError, match="can't parse InputMedia: media not found"):
        await api.call("sendMediaGroup", files={"one": ("a.txt", b"first")}, chat_id=str(chat_id), media=media)
