"""The rest of the carrier's control surface: switches, reviews, registrations, phones, opt-out words."""

from dataclasses import asdict, fields
from datetime import UTC, datetime
from typing import Any

from simulator.twilio import switches
from simulator.twilio.control import expect, object_of, wrong
from simulator.twilio.fates import LINES
from simulator.twilio.resources import Filed, Keywords, Review
from simulator.twilio.reviews import STATES, Reviews
from simulator.twilio.state import State
from simulator.web import Request, Response, Router, json_response

WHAT = ("mobile", "no pictures", *LINES)
KINDS = ("STOP", "START", "HELP")


class Registry:
    """Handlers."""

    def __init__(self, state: State, reviews: Reviews) -> None:
        self._state = state
        self._reviews = reviews

    def mount(self, router: Router) -> None:
        """Serve them."""
        router.add("GET", "/twilio", "ShowCarrier", self.show)
        router.add("PUT", "/twilio", "SwitchCarrier", self.switch)
        router.add("POST", "/twilio/reviews", "PlanReview", self.plan)
        router.add("PUT", "/twilio/registrations/<sid>", "PutRegistration", self.put)
        router.add("PUT", "/twilio/services/<sid>/opt-out", "PutOptOut", self.opt_out)
        router.add("PUT", "/twilio/phones/<phone>", "PutPhone", self.phone)

    def show(self, _: Request) -> Response:
        return json_response(asdict(self._state.switches))

    def switch(self, request: Request) -> Response:
        try:
            switches.put(self._state.switches, object_of(request))
        except ValueError as why:
            raise wrong(str(why)) from None
        return self.show(request)

    def plan(self, request: Request) -> Response:
        said = object_of(request)
        expect(said, {each.name for each in fields(Review)})
        review = Review(**{"resource": "", **said})
        expect_review(review)
        self._state.reviews.append(review)
        return json_response(asdict(review), 201)

    def put(self, request: Request) -> Response:
        """Move a brand, campaign or verification to a state now."""
        said, sid = object_of(request), request.params["sid"]
        expect(said, {"status", "errors"})
        kind, filed = self._filed(sid)
        errors = said.get("errors") or []
        expect_review(Review(kind, [str(said.get("status"))], errors))
        self._reviews.put(kind, filed, said["status"], errors)
        return json_response({"sid": sid, "status": filed.status, "errors": filed.errors})

    def opt_out(self, request: Request) -> Response:
        """Advanced Opt-Out of a service: words, answers, languages; null ends it."""
        service = self._state.services.get(request.params["sid"])
        if service is None:
            raise wrong("not one of our services", 404)
        said = object_of(request)
        expect(said, {each.name for each in fields(Keywords)})
        service.opt_out = _keywords(said) if said else None
        return json_response(asdict(service.opt_out) if service.opt_out else None)

    def phone(self, request: Request) -> Response:
        """What is the matter with a phone; `deactivated` puts it on today's list, too."""
        said, phone = object_of(request), request.params["phone"]
        expect(said, {"line", "deactivated"})
        line = said.get("line", "unknown" if said.get("deactivated") else "mobile")
        if line not in WHAT:
            raise wrong(f"line is one of {', '.join(WHAT)}")
        self._state.lines[phone] = line
        if said.get("deactivated"):
            day = datetime.fromtimestamp(self._state.network.now(), UTC).date().isoformat()
            self._state.deactivated.setdefault(day, []).append(phone)
        return json_response({"phone": phone, "line": line})

    def _filed(self, sid: str) -> tuple[str, Filed]:
        campaigns = {
            each.sid: each for held in self._state.services.values() for each in held.campaigns.values()
        }
        places: tuple[tuple[str, Any], ...] = (
            ("brand", self._state.brands),
            ("campaign", campaigns),
            ("verification", self._state.verifications),
        )
        for kind, place in places:
            if sid in place:
                return kind, place[sid]
        raise wrong("nothing of that SID is registered here", 404)


def expect_review(review: Review) -> None:
    """Raise for a review nobody could carry out."""
    if review.resource not in STATES:
        raise wrong(f"resource is one of {', '.join(STATES)}")
    if not isinstance(review.statuses, list) or not {*map(str, review.statuses)} <= {
        *STATES[review.resource]
    }:
        raise wrong(f"the states of a {review.resource} are {', '.join(STATES[review.resource])}")
    if not isinstance(review.errors, list) or not all(isinstance(each, dict) for each in review.errors):
        raise wrong("errors is a list of objects")
    number = isinstance(review.delay, int | float) and not isinstance(review.delay, bool)
    if review.delay is not None and not (number and 0 <= review.delay < float("inf")):
        raise wrong("delay is a number of seconds, 0 or more")


def _keywords(said: dict[str, Any]) -> Keywords:
    own = Keywords(**said)
    for place, kind in ((own.words, list), (own.answers, str), (own.languages, dict)):
        if not isinstance(place, dict) or not all(isinstance(each, kind) for each in place.values()):
            raise wrong("words are lists, answers texts, languages objects")
    if not {*own.words, *own.answers} <= {*KINDS}:
        raise wrong("words and answers are for STOP, START and HELP")
    every = [word for words in own.words.values() for word in words] + list(own.languages)
    if not all(isinstance(word, str) and _is_word(word) for word in every):
        raise wrong("a word has up to 34 capital letters and digits")  # CAR-161
    answers = [*own.answers.values(), *(each for held in own.languages.values() for each in held.values())]
    if not all(isinstance(each, str) and len(each) <= 1600 for each in answers):
        raise wrong("an answer has up to 1,600 characters")
    return own


def _is_word(word: str) -> bool:
    return word.isascii() and word.isalnum() and word.upper() == word and len(word) <= 34
