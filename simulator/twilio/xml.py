"""Answers of the 2010 API in XML, for calls without `.json` (CAR-02, CAR-356)."""

import json
from collections.abc import Iterator
from xml.etree import ElementTree as Xml

from simulator.headers import Headers
from simulator.web import Handler, Json, Refusal, Request, Response


def in_xml(handler: Handler) -> Handler:
    """`handler`, answering and refusing in XML."""

    def serve(request: Request) -> Response:
        try:
            response = handler(request)
        except Refusal as refusal:
            raise Refusal(_turned(refusal.response)) from None
        return _turned(response)

    return serve


def _turned(response: Response) -> Response:
    if not response.body:
        return response
    content = json.loads(response.body)
    root = Xml.Element("TwilioResponse")
    root.append(_error(content) if response.status >= 400 else _resource(content))
    body = b"<?xml version='1.0' encoding='UTF-8'?>\n" + Xml.tostring(root)
    headers = Headers([("Content-Type", "application/xml")])
    return Response(response.status, body, headers, beforehand=response.beforehand)


def _error(content: Json) -> Xml.Element:
    node = Xml.Element("RestException")
    for name in ("Code", "Message", "MoreInfo", "Status"):
        key = "more_info" if name == "MoreInfo" else name.lower()
        Xml.SubElement(node, name).text = str(content[key])
    return node


def _resource(content: Json) -> Xml.Element:
    if "messages" not in content:
        return _node("Message", content)
    page = {_camel(name).lower(): str(value) for name, value in content.items() if name != "messages"}
    node = Xml.Element("Messages", page)
    node.extend(_node("Message", each) for each in content["messages"])
    return node


def _node(name: str, value: object) -> Xml.Element:
    node = Xml.Element(name)
    if isinstance(value, dict):
        node.extend(_children(value))
    elif value is not None:
        node.text = "".join(char for char in str(value) if char in "\t\n\r" or char >= " ")
    return node


def _children(content: Json) -> Iterator[Xml.Element]:
    for name, value in content.items():
        yield _node(_camel(name), value)


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
