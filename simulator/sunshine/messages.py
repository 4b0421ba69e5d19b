"""Messages: post, list, delete.

Facts:
  * There is no idempotency key and no client id: a repeated post is a second message (SUN-MSG-20).
    `received` is the server's (SUN-MSG-21). Unknown keys and `source` are ignored (Q-04, SUN-MSG-14).
  * 30,000 messages a conversation, then 423 (SUN-CON-12).
  * `destination` is for business authors in personal conversations; type `none` makes a silent message
    (SUN-MSG-17).
"""

from simulator.sunshine import content, errors, metadata, views
from simulator.sunshine.call import Call, Route, given
from simulator.sunshine.paging import backwards
from simulator.sunshine.state import Conversation, Message
from simulator.web import Json, Response, json_response

MOST = 30_000


def post(call: Call) -> Response:
    conversation, body, world = call.conversation(), call.body, call.world
    if len(conversation.messages) >= MOST:
        raise errors.Refused(errors.FULL)
    author = content.author(world, conversation, given(body, "author"))
    said = content.checked(world, conversation, given(body, "content"))
    message = Message(world.new_id(), world.now(), author, said)
    message.silent = _silent(conversation, author, body.get("destination"))
    if body.get("metadata") is not None:
        message.metadata = metadata.checked(body["metadata"])
    call.workspace.say(conversation, message)
    return json_response({"messages": [views.message(message)]}, 201)


def _silent(conversation: Conversation, author: Json, destination: object) -> bool:
    if destination is None:
        return False
    if author["type"] != "business" or conversation.type != "personal" or not isinstance(destination, dict):
        raise errors.bad("destination is only supported for business messages in personal conversations")
    return destination.get("integrationType") == "none"


def list_messages(call: Call) -> Response:
    page, rest = backwards(call, call.conversation().messages)
    return json_response({"messages": [views.message(each) for each in page], **rest})


def delete(call: Call) -> Response:
    conversation, wanted = call.conversation(), call.request.params["message"]
    if wanted not in [message.id for message in conversation.messages]:
        raise errors.Refused(errors.RESOURCE)
    conversation.messages = [each for each in conversation.messages if each.id != wanted]
    return json_response({})


def delete_all(call: Call) -> Response:
    call.conversation().messages.clear()
    return json_response({})


_ALL = "/conversations/<conversation>/messages"
ROUTES = (
    Route("POST", _ALL, "PostMessage", post),
    Route("GET", _ALL, "ListMessages", list_messages),
    Route("DELETE", _ALL, "DeleteAllMessages", delete_all),
    Route("DELETE", f"{_ALL}/<message>", "DeleteMessage", delete),
)
