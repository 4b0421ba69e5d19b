"""The Sunshine user of a customer who texts.

Facts:
  * "Match by phone" is our work; phones never link by themselves (SUN-IDN-03, SUN-IDN-04).
  * The external id is the matched Support user's, else the phone itself. A matched user without one is
    given the phone first, so that the two records link (SUN-IDN-02, SUN-IDN-05).
  * The phone stands in the metadata: profiles have no field for it (SUN-USR-04). A nameless user gets an
    invented name, so the phone is the name (SUN-MSG-23).
  * Get, else create, else get: somebody else may be quicker (SUN-USR-08).
"""

import structlog

from bridge.core.errors import Temporary
from bridge.core.ports import Dossier
from bridge.desks.people import Match, People, Person
from bridge.desks.sunshine_client import Json, SunshineClient

LINKED_AFTER = 5.0  # seconds: the ticket is made after control has passed (SUN-IDN-01, SUN-SWB-10)

log = structlog.get_logger(__name__)


class Users:
    """Finds or makes the user."""

    def __init__(self, client: SunshineClient, people: People | None) -> None:
        self._client = client
        self._people = people

    def of(self, dossier: Dossier) -> list[str]:
        """Ids of the users who are this customer, best first; at least one.

        Two are possible: the phone had a user of its own before its owner was matched. Whoever had this
        session's chat before comes first.
        """
        person = self._person(dossier)
        names = [dossier.user, person.external_id if person else "", dossier.phone]
        found = [self._client.user(name) for name in dict.fromkeys(filter(None, names))]
        users = [user for user in found if user]
        if users:
            self._complete(users[0], dossier)
        return [str(user["id"]) for user in users or [self._create(dossier, person)]]

    def _person(self, dossier: Dossier) -> Person | None:
        match = self._people.match(dossier.phone, dossier.email) if self._people else Match()
        if match.person is None and match.reason:
            log.info("support_user_unmatched", session=dossier.session, reason=match.reason)
        return match.person

    def _create(self, dossier: Dossier, person: Person | None) -> Json:
        external_id = self._external_id(dossier, person)
        profile = {"givenName": (person.name if person else "")[:128] or dossier.phone}
        if dossier.email:
            profile["email"] = dossier.email
        body = {"externalId": external_id, "profile": profile, "metadata": {"phone": dossier.phone}}
        user = self._client.create_user(body) or self._client.user(external_id)
        if user is None:
            raise Temporary("the user exists and cannot be found", code="user_not_found")
        return user

    def _external_id(self, dossier: Dossier, person: Person | None) -> str:
        if person is None or self._people is None:
            return dossier.phone
        return person.external_id or self._people.name_outside(person, dossier.phone) or dossier.phone

    def _complete(self, user: Json, dossier: Dossier) -> None:
        """The phone must stand on the user, whoever made it (OCX-ZD-08); other keys are sent back (Q-01)."""
        held = user.get("metadata") or {}
        if held.get("phone") != dossier.phone:
            self._client.update_user(str(user["id"]), {"metadata": {**held, "phone": dossier.phone}})

    def reconcile(self, user: str, phone: str, email: str) -> str:
        """Make the Support user a ticket was made for and the one with this phone one; says what came of it.

        The Support merge alone leaves the messaging user behind, hence the sync (SUN-IDN-11). After it the
        messaging user names the survivor, so a repetition finds nothing to do.
        """
        if self._people is None:
            return "no Support credentials"
        record = self._client.user(user) or {}
        made = str(record.get("zendeskId") or "")
        if made and self._has_phone(made, phone):
            return "the ticket's user has this phone"
        match = self._people.match(phone, email, besides=made)
        if match.error is not None:
            raise match.error
        if match.person is None:
            return match.reason or "nobody else has this phone"
        if match.person.external_id and match.person.external_id == record.get("externalId"):
            return "linked by external id"  # SUN-IDN-02
        if not made:
            raise Temporary("the ticket's user is not known yet", retry_after=LINKED_AFTER)
        self._people.merge(made, match.person.id)
        self._client.sync_user(made, match.person.id)
        return "merged"

    def _has_phone(self, made: str, phone: str) -> bool:
        """Whether the ticket's own user is the one who is known by this phone: then e-mail has no say."""
        known = self._people.match(phone).person if self._people else None
        return known is not None and known.id == made
