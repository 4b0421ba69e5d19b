"""Files: upload and download.

Facts:
  * Upload is multipart with one part named `source`; `access` must be `public` even where attachments are
    private (SUN-ATT-01/02). 50 MB at most, some types are refused (SUN-ATT-03).
  * The address holds a ULID and the file's name (SUN-ATT-04). On an account with private attachments the
    download needs a key (SUN-ATT-05).
  * A removed file is served for up to 15 minutes more (SUN-ATT-08, a switch). One uploaded `for=message` goes
    with its message (SUN-CON-11).
"""

from io import BytesIO
from typing import TYPE_CHECKING

from simulator.headers import Headers
from simulator.sunshine import errors
from simulator.sunshine.call import Call, Route, word
from simulator.sunshine.content import BLOCKED_TYPES
from simulator.sunshine.records import Attachment
from simulator.sunshine.state import World
from simulator.web import Request, Response, json_response

if TYPE_CHECKING:
    from werkzeug.datastructures import FileStorage

LIMIT = 50 * 1024 * 1024
PATH = "/zendesk/sc/attachments/v2"
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def upload(call: Call) -> Response:
    """POST …/attachments?access=public&for=message&conversationId=…"""
    query = dict(call.request.query)
    if query.get("access") != "public" or query.get("for", "message") != "message":
        raise errors.Refused(errors.REQUEST)
    file = _part(call.request)
    content = file.read()
    if len(content) > LIMIT:
        raise call.too_large()
    conversation = query.get("conversationId")
    if conversation:
        call.world.conversation(conversation)
    kept = keep(call.world, (file.filename or "file", file.mimetype, content), conversation=conversation)
    kept.for_message = "for" in query
    return json_response({"attachment": {"mediaUrl": kept.url, "mediaType": kept.content_type}}, 201)


def _part(request: Request) -> "FileStorage":
    from werkzeug.exceptions import HTTPException  # noqa: PLC0415 - heavy, and few calls need it
    from werkzeug.formparser import parse_form_data  # noqa: PLC0415

    environ = {
        "wsgi.input": BytesIO(request.body),
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(request.body)),
        "REQUEST_METHOD": "POST",
    }
    try:
        files = parse_form_data(environ, lambda *_, **__: BytesIO())[2]
    except (ValueError, HTTPException):
        raise errors.Refused(errors.REQUEST) from None
    if "source" not in files:
        raise errors.Refused(errors.REQUEST)
    file = files["source"]
    if (file.mimetype or "") in BLOCKED_TYPES:
        raise errors.Refused(errors.REQUEST)
    return file


def keep(
    world: World, file: tuple[str, str, bytes], *, conversation: str | None, private: bool | None = None
) -> Attachment:
    """Store a file (name, content type, bytes); private as the account is, unless said otherwise."""
    from werkzeug.utils import secure_filename  # noqa: PLC0415 - see above

    name, content_type, content = file
    ulid = _ulid(world)
    url = f"{world.network.base}{PATH}/{ulid}/{secure_filename(name) or 'file'}"
    hidden = world.switches.private_attachments if private is None else private
    kind = content_type or "application/octet-stream"
    world.attachments[ulid] = Attachment(ulid, url, name, kind, content, hidden, conversation)
    if conversation in world.conversations:
        world.conversations[conversation].files.append(ulid)
    return world.attachments[ulid]


def _ulid(world: World) -> str:
    number = (int(world.now() * 1000) << 80) | int(world.network.ids.hex(20), 16)
    return "".join(_CROCKFORD[(number >> (5 * place)) & 31] for place in reversed(range(26)))


def download(world: World, request: Request, *, authorised: bool) -> Response:
    """GET the mediaUrl."""
    held = world.attachments.get(request.params["attachment"])
    if held is None or (held.gone_at is not None and world.now() >= held.gone_at):
        raise errors.Refused(errors.ATTACHMENT)
    if held.private and not authorised:
        raise errors.Refused(errors.UNAUTHORIZED)
    return Response(200, held.content, Headers([("Content-Type", held.content_type)]))


def remove(call: Call) -> Response:
    """POST …/attachments/remove."""
    url, world = word(call.body, "mediaUrl"), call.world
    if not url.startswith(f"{world.network.base}{PATH}/"):
        raise errors.bad(f"Unsupported media URL for attachment deletion: {url}")
    held = world.attachment_at(url)
    if held is None or held.gone_at is not None:
        raise errors.Refused(errors.ATTACHMENT)
    held.gone_at = world.now() + world.switches.attachment_linger
    return json_response({})


ROUTES = (
    Route("POST", "/attachments", "UploadAttachment", upload),
    Route("POST", "/attachments/remove", "DeleteAttachment", remove),
)
