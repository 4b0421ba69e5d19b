"""One port for all of the carrier's hosts: `X-Orig-Host` says which one was meant (CAR-265, CAR-358)."""

from simulator.web import Request, Response

PREFIX = "/twilio"
SUFFIX = ".twilio.com"
PLACES = {"api": ""}  # the others stand under their own name
HOSTS = ("api", "messaging", "accounts", "content", "events")


def signpost(request: Request) -> Response | None:
    """A door that lets everybody through and sends calls for one of the hosts to its place."""
    host = request.headers.get("X-Orig-Host", "").partition(":")[0]
    name = host.removesuffix(SUFFIX).partition(".")[0]  # edges and regions follow the name
    if host.endswith(SUFFIX) and name in HOSTS and not request.path.startswith(PREFIX + "/"):
        place = PLACES.get(name, f"/{name}")
        request.path = f"{PREFIX}{place}{request.path}"
    return None
