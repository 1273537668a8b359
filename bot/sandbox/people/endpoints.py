"""How the people's API is built: each endpoint is a row with a handler, and its bodies check themselves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.sandbox.botapi.parameters import Upload
from bot.sandbox.botapi.request_body import form, read_json, upload
from bot.sandbox.botapi.transport import reply
from bot.sandbox.errors import ApiError
from bot.sandbox.state.accounts import Json, Person
from bot.sandbox.state.chats import Chat, Message
from bot.sandbox.state.world import World


class Body(BaseModel):
    """What an endpoint takes; a misspelt field is an error rather than silence."""

    model_config = ConfigDict(extra="forbid")


B = TypeVar("B", bound=Body)


@dataclass
class Visit:
    """One request to the people's API."""

    world: World
    path: dict[str, Any]
    given: Any
    files: list[Upload] = field(default_factory=list)

    def read(self, model: type[B]) -> B:
        """The body, or the query of a GET."""
        assert isinstance(self.given, model)
        return self.given

    def person(self, person_id: int) -> Person:
        """The person who acts."""
        person = self.world.people.get(person_id)
        if person is None:
            raise ApiError(404, f"no person has the id {person_id}")
        return person

    def chat(self) -> Chat:
        """The chat that the path names."""
        chat = self.world.chats.get(self.path["chat"])
        if chat is None:
            raise ApiError(404, f"no chat has the key {self.path['chat']}")
        return chat

    def message(self) -> tuple[Chat, Message]:
        """The message that the path names."""
        chat = self.chat()
        message = chat.messages.get(self.path["message"])
        if message is None:
            raise ApiError(404, f"no message {self.path['message']} in this chat")
        return chat, message


@dataclass(frozen=True)
class Endpoint:
    """A row of the people's API; OpenAPI is made from these."""

    verb: str
    path: str
    handle: Callable[[Visit], Awaitable[object]]
    summary: str
    body: type[Body] | None = None
    takes_files: bool = False


def route(endpoint: Endpoint, world: World) -> Route:
    """The address of an endpoint."""

    async def answer(request: Request) -> Response:
        try:
            visit = await _visit(endpoint, world, request)
            result = await endpoint.handle(visit)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            return reply(422, {"error": f"{where}: {first['msg']}" if where else first["msg"]})
        except ApiError as error:
            return reply(error.code, {"error": error.description})
        return result if isinstance(result, Response) else reply(200, result)

    return Route(endpoint.path, answer, methods=[endpoint.verb])


async def _visit(endpoint: Endpoint, world: World, request: Request) -> Visit:
    values: Json = {}
    files: list[Upload] = []
    if request.method == "GET":
        values = dict(request.query_params)
    elif endpoint.takes_files and request.headers.get("content-type", "").startswith("multipart/form-data"):
        values, files = await _form(request)
    elif endpoint.body is not None:
        values = await read_json(request)
    given = endpoint.body.model_validate(values) if endpoint.body is not None else None
    return Visit(world, dict(request.path_params), given, files)


async def _form(request: Request) -> tuple[Json, list[Upload]]:
    async with form(request) as parts:
        values: Json = {}
        files: list[Upload] = []
        for name, part in parts.multi_items():
            if isinstance(part, UploadFile):
                files.append(await upload(part))
            else:
                values[name] = part
        return values, files
