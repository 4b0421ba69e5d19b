"""Event Streams: sinks, subscriptions, and CloudEvents posted to whoever subscribed (CAR-187).

Facts: CloudEvents 1.0 in a JSON array; the body is not mixed into the signature, the URL carries its hash
(CAR-102). Only webhook sinks are simulated: others are accepted by nobody (20001).
"""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from urllib.parse import urlencode, urlsplit

from simulator import accounts
from simulator.departures import Leaving
from simulator.hooks import Hook
from simulator.twilio import crud, errors
from simulator.twilio.auth import Guard
from simulator.twilio.crud import Crud
from simulator.twilio.drafts import is_url
from simulator.twilio.forms import Form
from simulator.twilio.resources import Filed
from simulator.twilio.signature import bare, signatures
from simulator.twilio.state import State
from simulator.twilio.views import iso
from simulator.web import Json, Request, Router

ROOT = "/events/v1"


class Events:
    """Tells the sinks."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._network = state.network

    def publish(self, kind: str, data: Json) -> None:
        """Post one event to every sink that wants its kind. Under the network's lock."""
        for subscription in self._state.subscriptions.values():
            sink = self._state.sinks.get(subscription.facts["sink_sid"])
            if sink is not None and kind in subscription.facts["types"]:
                body = json.dumps([self._event(kind, data)]).encode()
                go = partial(self._post, sink.facts["sink_configuration"]["destination"], body)
                leaving = Leaving("twilio", "event", sink.sid, go, lambda: [("type", kind)])
                self._network.clock.later(
                    0.0, partial(self._network.departures.leave, leaving), lane=sink.sid
                )

    def _event(self, kind: str, data: Json) -> Json:
        moment = datetime.fromtimestamp(self._network.now(), UTC).isoformat(timespec="milliseconds")
        return {
            "specversion": "1.0",
            "type": kind,
            "source": f"/v1/{kind.rpartition('.')[2]}/{data['sid']}",
            "id": self._network.ids.sid("EZ"),
            "dataschema": f"https://events-schemas.twilio.com/{kind.split('.')[-2]}/1",
            "datacontenttype": "application/json",
            "time": moment.replace("+00:00", "Z"),
            "data": {"accountsid": self._state.account, **data},
        }

    def _post(self, destination: str, body: bytes, _: str) -> None:
        url, digest = bare(destination), hashlib.sha256(body).hexdigest()
        url += ("&" if urlsplit(url).query else "?") + urlencode({"bodySHA256": digest})
        headers = {"Content-Type": "application/json", "User-Agent": "TwilioProxy/1.1"}
        signed = signatures(self._state, url, [])
        self._network.send(Hook("twilio", "event", url, {**headers, **signed}, body))


class EventsApi:
    """events.twilio.com."""

    def __init__(self, state: State) -> None:
        self._state = state

    def mount(self, router: Router, guard: Guard) -> None:
        """Serve it below the host's own segment."""
        crud.mount(
            router,
            guard,
            Crud(
                name="Sink",
                path=f"{ROOT}/Sinks",
                key="sinks",
                records=lambda _: self._state.sinks,
                view=_sink_view,
                create=self._create_sink,
                update=self._describe,
                delete=partial(_forget, lambda: self._state.sinks),
            ),
        )
        crud.mount(
            router,
            guard,
            Crud(
                name="Subscription",
                path=f"{ROOT}/Subscriptions",
                key="subscriptions",
                records=lambda _: self._state.subscriptions,
                view=_subscription_view,
                create=self._subscribe,
                update=self._describe,
                delete=partial(_forget, lambda: self._state.subscriptions),
                fits=lambda made, query: query.get("SinkSid", "") in ("", made.facts["sink_sid"]),
            ),
        )

    def _create_sink(self, _: Request, said: Form) -> Filed:
        said.require("Description", "SinkConfiguration", "SinkType")
        said.choice("SinkType", ("webhook",))
        configuration = [*said.objects("SinkConfiguration"), {}][0]
        if not is_url(str(configuration.get("destination", ""))):
            raise errors.refusal(20001, name="SinkConfiguration")
        facts = {
            "description": said.text("Description"),
            "sink_type": said.text("SinkType"),
            "sink_configuration": configuration,
        }
        return self._kept(self._state.sinks, "DG", "active", facts)

    def _subscribe(self, _: Request, said: Form) -> Filed:
        said.require("Description", "SinkSid", "Types")
        if said.text("SinkSid") not in self._state.sinks:
            raise errors.refusal(20001, name="SinkSid")
        kinds = [str(each.get("type", "")) for each in said.objects("Types")]
        facts = {"description": said.text("Description"), "sink_sid": said.text("SinkSid"), "types": kinds}
        return self._kept(self._state.subscriptions, "DF", "active", facts)

    def _describe(self, made: Filed, said: Form) -> None:
        made.facts["description"] = said.text("Description") or made.facts["description"]
        made.updated = self._state.network.now()

    def _kept(self, place: dict[str, Filed], prefix: str, status: str, facts: Json) -> Filed:
        sid, now = self._state.network.ids.sid(prefix), self._state.network.now()
        place[sid] = Filed(sid, status, now, now, facts)
        return place[sid]


def _forget(place: Callable[[], dict[str, Filed]], _: Request, made: Filed) -> None:
    del place()[made.sid]


def _sink_view(url: str, sink: Filed) -> Json:
    return {
        "sid": sink.sid,
        **sink.facts,
        "status": sink.status,
        "date_created": iso(sink.created),
        "date_updated": iso(sink.updated),
        "url": url,
        "links": {"sink_test": f"{url}/Test", "sink_validate": f"{url}/Validate"},
    }


def _subscription_view(url: str, made: Filed) -> Json:
    return {
        "sid": made.sid,
        "account_sid": accounts.TWILIO_ACCOUNT_SID,
        "description": made.facts["description"],
        "sink_sid": made.facts["sink_sid"],
        "date_created": iso(made.created),
        "date_updated": iso(made.updated),
        "url": url,
        "links": {"subscribed_events": f"{url}/SubscribedEvents"},
    }
