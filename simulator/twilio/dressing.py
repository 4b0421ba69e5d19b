"""What the carrier makes of a draft before it looks at it: templates, smart encoding, converted pictures.

A Messaging Service lends its settings: status callback, validity, smart encoding, MMS converter (CAR-172).
What the call itself says beats them (CAR-10).
"""

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.twilio import errors
from simulator.twilio.encoding import smart
from simulator.twilio.phones import NORTH_AMERICA, region
from simulator.twilio.resources import SETTINGS, Json
from simulator.twilio.state import State

if TYPE_CHECKING:
    from simulator.twilio.drafts import Draft

BLANK = re.compile(r"\{\{\s*(\w+)\s*\}\}")


def dressed(draft: "Draft", state: State) -> "Draft":
    """The draft as it would leave."""
    held = state.services.get(draft.service)
    settings = held.settings if held else SETTINGS
    if draft.content:
        draft = _filled(draft, state)
    if draft.smart if draft.smart is not None else settings["smart_encoding"]:
        draft = replace(draft, body=smart(draft.body))
    if settings["mms_converter"] and draft.media_urls and region(draft.to) not in NORTH_AMERICA:
        draft = replace(draft, body=" ".join([draft.body, *draft.media_urls]).strip(), media_urls=[])
    callback = draft.callback or settings["status_callback"] or ""
    validity = min(draft.validity, settings["validity_period"])
    if (callback, validity) == (draft.callback, draft.validity):
        return draft
    return replace(draft, callback=callback, validity=validity)


def _filled(draft: "Draft", state: State) -> "Draft":
    """A content template with its variables (CAR-54)."""
    template = state.contents.get(draft.content)
    if template is None:
        raise errors.refusal(21655)
    given = {**template.facts["variables"], **_variables(draft.variables)}
    shape: Json = next(iter(template.facts["types"].values()), {})
    body = BLANK.sub(lambda found: str(given.get(found[1], found[0])), str(shape.get("body") or ""))
    media = [str(url) for url in shape.get("media") or []]
    return replace(draft, body=body, media_urls=[*draft.media_urls, *media])


def _variables(text: str) -> Json:
    try:
        said = json.loads(text or "{}")
    except ValueError:
        said = None
    if not isinstance(said, dict) or not all(isinstance(value, str) for value in said.values()):
        raise errors.refusal(21656)
    return said
