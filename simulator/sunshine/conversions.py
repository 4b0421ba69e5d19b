"""Two calls for channels that a bridge by SMS does not have.

Facts:
  * Conversion events go to messenger, instagram or whatsapp, exactly one; the answer counts them.
  * Downloading a reference is for Apple's interactive data; nothing is behind a reference here, so a good
    request gets the empty object the documents show.
"""

from simulator.sunshine import errors
from simulator.sunshine.call import Call, Route, given, listed, thing, word
from simulator.web import Response, json_response

CHANNELS = ("messenger", "instagram", "whatsapp")
REFERENCE = ("url", "bid", "key", "signature", "owner")


def post_conversion_events(call: Call) -> Response:
    call.conversation()
    body = call.body
    named = [name for name in CHANNELS if body.get(name) is not None]
    if len(named) != 1:
        raise errors.bad("should have exactly one of messenger, instagram, whatsapp")
    payload = thing(thing(body, named[0]), "payload")
    given(payload, "data")
    dataset, received = call.world.network.ids.number(15), len(listed(payload, "data"))
    return json_response({"conversionEvents": {"datasetId": str(dataset), "eventsReceived": received}})


def download_message_ref(call: Call) -> Response:
    conversation, body = call.conversation(), call.body
    user = word(body, "userId")
    reference = thing(thing(body, "apple"), "interactiveDataRef")
    for name in REFERENCE:
        word(reference, name)
    if user not in [each.user for each in conversation.participants]:
        raise errors.Refused(errors.NOT_A_MEMBER)
    return json_response({})


_ONE = "/conversations/<conversation>"
ROUTES = (
    Route("POST", f"{_ONE}/conversionEvents", "PostConversionEvents", post_conversion_events),
    Route("POST", f"{_ONE}/download", "DownloadMessageRef", download_message_ref),
)
