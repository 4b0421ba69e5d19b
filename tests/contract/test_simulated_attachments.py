"""Files on the simulated Sunshine: uploaded, posted, fetched, private."""

import base64
import json
from typing import Any

import pytest

from simulator.web import Request
from tests.contract.zendesk_world import APP_KEY, SC, World


@pytest.fixture
def world() -> World:
    return World()


def upload(
    world: World, query: str = "access=public&for=message", kind: str = "image/png"
) -> tuple[int, Any]:
    body = (
        b'--b\r\nContent-Disposition: form-data; name="source"; filename="cat.png"\r\n'
        b"Content-Type: " + kind.encode() + b"\r\n\r\nmeow\r\n--b--\r\n"
    )
    request = Request("POST", f"{SC}/attachments", query, body=body)
    request.headers["Content-Type"] = "multipart/form-data; boundary=b"
    request.headers["Authorization"] = "Basic " + base64.b64encode(":".join(APP_KEY).encode()).decode()
    response = world.send(request)
    return response.status, json.loads(response.body)


def fetched(world: World, url: str, **headers: str) -> tuple[int, bytes]:
    request = Request("GET", url.removeprefix("http://127.0.0.1:4010"))
    request.headers.extend(headers)
    response = world.send(request)
    return response.status, response.body


def test_an_upload_can_be_fetched_and_posted(world: World) -> None:
    """A public file needs no key; the message tells its type and size."""
    conversation = world.conversation()
    status, answer = upload(world)
    url = answer["attachment"]["mediaUrl"]
    assert (status, fetched(world, url)) == (201, (200, b"meow"))
    message = world.post(conversation, "", content={"type": "image", "mediaUrl": url})[1]["messages"][0]
    assert (message["content"]["mediaType"], message["content"]["mediaSize"]) == ("image/png", 4)
    assert world.seen(conversation)["messages"][0]["media"] == [
        {"url": url, "content_type": "image/png", "size": 4, "readable": True}
    ]


def test_a_private_attachment_needs_a_key() -> None:
    """Without one the answer is 401."""
    world = World(private_attachments=True)
    url = upload(world)[1]["attachment"]["mediaUrl"]
    key = "Basic " + base64.b64encode(":".join(APP_KEY).encode()).decode()
    assert fetched(world, url)[0] == 401
    assert fetched(world, url, Authorization=key) == (200, b"meow")


@pytest.mark.parametrize("query", ["", "access=private", "access=public&conversationId=nowhere"])
def test_an_upload_must_be_public_and_for_a_conversation_that_exists(world: World, query: str) -> None:
    """Anything else is refused."""
    assert upload(world, query)[0] in (400, 404)


def test_some_types_are_refused(world: World) -> None:
    """Programs cannot be uploaded."""
    assert upload(world, kind="application/x-msdownload")[0] == 400


def test_a_file_of_another_conversation_cannot_be_posted(world: World) -> None:
    """It is bound to its own."""
    user = world.user()
    here, there = world.conversation(user), world.conversation(user)
    url = upload(world, f"access=public&conversationId={there}")[1]["attachment"]["mediaUrl"]
    assert world.post(here, "", content={"type": "image", "mediaUrl": url})[0] == 400
    assert world.post(there, "", content={"type": "image", "mediaUrl": url})[0] == 201
