"""Stand-ins that others made, for the same load: Prism, Mockoon and mountebank, where node and npm are.

They are installed into a temporary folder each time. Their definitions are ours, the same small answers made
beforehand: none of them keeps the message or tells anybody of it, so they do less than our simulator does.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks.processes import free_port
from tests.benchmarks.rival import Rival

INSTALL = ("install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error")
PATIENCE = float(os.environ.get("BENCH_INSTALL_SECONDS", "240"))
MESSAGE = {"sid": "SM1", "status": "queued", "body": "hello", "to": "+14155550101"}
TYPE = "application/json"


def prism(folder: Path, port: int) -> list[str]:
    """An OpenAPI document with examples."""
    answer = {"description": "a message", "content": {TYPE: {"example": MESSAGE}}}
    sid = {"name": "sid", "in": "path", "required": True, "schema": {"type": "string"}}
    taken = {"content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}}
    paths = {
        "/messages": {"post": {"requestBody": taken, "responses": {"201": answer}}},
        "/messages/{sid}": {"get": {"parameters": [sid], "responses": {"200": answer}}},
    }
    info = {"title": "messages", "version": "1"}
    file = _written(folder / "prism.json", {"openapi": "3.0.3", "info": info, "paths": paths})
    return ["prism", "mock", "-h", "127.0.0.1", "-p", str(port), "-v", "silent", file]


def mountebank(folder: Path, port: int) -> list[str]:
    """An imposter with two stubs."""
    imposter = {
        "port": port,
        "protocol": "http",
        "stubs": [_stub("POST", "/messages", 201), _stub("GET", "/messages/SM1", 200)],
    }
    file = _written(folder / "mountebank.json", {"imposters": [imposter]})
    admin = ("--host", "127.0.0.1", "--port", str(free_port()), "--pidfile", str(folder / "mb.pid"))
    return ["mb", "start", "--configfile", file, *admin, "--nologfile", "--loglevel", "error"]


def _stub(method: str, path: str, status: int) -> dict[str, Any]:
    headers = {"Content-Type": TYPE, "Connection": "keep-alive"}  # it closes every line unless told so
    said = {"statusCode": status, "headers": headers, "body": json.dumps(MESSAGE)}
    return {"predicates": [{"equals": {"method": method, "path": path}}], "responses": [{"is": said}]}


def mockoon(folder: Path, port: int) -> list[str]:
    """An environment with two routes."""
    routes = [_route("post", "messages", 201), _route("get", "messages/:sid", 200)]
    content = {
        "uuid": "bench", "lastMigration": 33, "name": "messages", "port": port, "hostname": "127.0.0.1",
        "endpointPrefix": "", "latency": 0, "folders": [], "proxyMode": False, "headers": [], "data": [],
        "rootChildren": [{"type": "route", "uuid": each["uuid"]} for each in routes], "routes": routes,
        "callbacks": [], "cors": False,
    }  # fmt: skip
    file = _written(folder / "mockoon.json", content)
    return ["mockoon-cli", "start", "--data", file, "--disable-log-to-file"]


def _route(method: str, path: str, status: int) -> dict[str, Any]:
    said = {
        "uuid": f"{method}-answer", "body": json.dumps(MESSAGE), "latency": 0, "statusCode": status,
        "label": "",
        "headers": [{"key": "Content-Type", "value": TYPE}], "bodyType": "INLINE", "rules": [],
        "rulesOperator": "OR", "disableTemplating": True, "fallbackTo404": False, "default": True,
        "callbacks": [],
    }  # fmt: skip
    route = {"uuid": method, "type": "http", "method": method, "endpoint": path, "responses": [said]}
    return {**route, "documentation": "", "responseMode": None}


def _written(path: Path, content: object) -> str:
    path.write_text(json.dumps(content))
    return str(path)


Start = Callable[[Path, int], list[str]]
PEERS: tuple[tuple[str, str, Start], ...] = (
    ("Prism", "@stoplight/prism-cli@5.14.2", prism),
    ("Mockoon", "@mockoon/cli@9.3.0", mockoon),
    ("mountebank", "mountebank@2.9.1", mountebank),
)


def peers(folder: Path, create: bytes, get: bytes) -> list[Rival]:
    """Those that can be had; a line about each other one."""
    npm, found = shutil.which("npm"), []
    for name, package, start in PEERS:
        why = _installed(npm, package, folder / name) if npm else "there is no npm here"
        if why:
            print(f"{name:30} left out: {why}")
            continue
        port = free_port()
        words = start(folder / name, port)
        command = [str(folder / name / "node_modules" / ".bin" / words[0]), *words[1:]]
        ready = "/messages/SM1"
        found.append(Rival(f"{name}, answers made before", command, port, create, get, ready, folder / name))
    return found


def _installed(npm: str, package: str, place: Path) -> str:
    """Why it is not; nothing if it is."""
    place.mkdir()
    _written(place / "package.json", {"private": True})
    try:
        done = subprocess.run(
            [npm, *INSTALL, package], cwd=place, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return f"npm took longer than {PATIENCE:.0f} s"
    return " ".join(done.stderr.split())[-160:] or "npm failed" if done.returncode else ""
