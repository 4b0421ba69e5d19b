"""Resources of the newer hosts, which all read alike: ISO dates, `meta` paging, `url` (CAR-171)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from simulator.twilio import errors
from simulator.twilio.auth import Guard
from simulator.twilio.forms import Form
from simulator.twilio.paging import meta_listing
from simulator.web import Handler, Json, Request, Response, Router, json_response

Records = Callable[[Request], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Crud:
    """One resource: what there is, how it looks, and what can be done to it."""

    name: str  # as in the operations
    path: str
    key: str  # of the list
    records: Records  # by SID, those the path names
    view: Callable[[str, Any], Json]  # with its URL
    create: Callable[[Request, Form], Any] | None = None
    update: Callable[[Any, Form], None] | None = None
    delete: Callable[[Request, Any], None] | None = None
    fits: Callable[[Any, dict[str, str]], bool] | None = None  # whether it belongs in a list with this query
    method: str = "POST"  # of an update


def mount(router: Router, guard: Guard, crud: Crud) -> None:
    """Serve what the resource can do."""
    one = f"{crud.path}/<sid>"
    served: list[tuple[str, str, str, Callable[[Crud, Request], Response], object]] = [
        ("POST", crud.path, "Create", _create, crud.create),
        ("GET", crud.path, "List", _index, crud.records),
        ("GET", one, "Fetch", _fetch, crud.records),
        (crud.method, one, "Update", _update, crud.update),
        ("DELETE", one, "Delete", _delete, crud.delete),
    ]
    for method, path, verb, handler, able in served:
        if able is not None:
            bound: Handler = partial(handler, crud)
            router.add(method, path, verb + crud.name, guard(bound))


def found(request: Request, records: Mapping[str, Any], name: str = "sid") -> Any:
    """The record the path names, or 404."""
    record = records.get(request.params[name])
    if record is None:
        raise errors.refusal(20404, path=request.path)
    return record


def url_of(request: Request, path: str, sid: str) -> str:
    """The address of one record below a path with the request's own parameters."""
    for name, value in request.params.items():
        path = path.replace(f"<{name}>", value)
    return f"{request.base}{path}/{sid}"


def _create(crud: Crud, request: Request) -> Response:
    assert crud.create is not None  # noqa: S101 - mounted only if it is there
    made = crud.create(request, Form(request.form))
    return json_response(_seen(crud, request, made), 201)


def _index(crud: Crud, request: Request) -> Response:
    records, query = crud.records(request).values(), dict(request.query)
    fits = crud.fits
    chosen = records if fits is None else [record for record in records if fits(record, query)]
    return meta_listing(request, crud.key, chosen, partial(_seen, crud, request))


def _fetch(crud: Crud, request: Request) -> Response:
    return json_response(_seen(crud, request, found(request, crud.records(request))))


def _update(crud: Crud, request: Request) -> Response:
    assert crud.update is not None  # noqa: S101
    record = found(request, crud.records(request))
    crud.update(record, Form(request.form))
    return json_response(_seen(crud, request, record))


def _delete(crud: Crud, request: Request) -> Response:
    assert crud.delete is not None  # noqa: S101
    crud.delete(request, found(request, crud.records(request)))
    return Response(204)


def _seen(crud: Crud, request: Request, record: Any) -> Json:
    return crud.view(url_of(request, crud.path, record.sid), record)
