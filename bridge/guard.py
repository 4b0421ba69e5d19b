"""Which addresses may be connected to when somebody else chose them (FT-X3).

A literal address can be judged before the call. A name is judged by the address it really led to, on
the open socket and before a byte is written, so that an answer of the DNS that changes between look-up
and connection gains nothing. Through a proxy the last word is the proxy's.
"""

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from bridge.core.errors import Permanent


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine: then we rehearse against a simulator."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_private(host: str) -> bool:
    """Whether a literal address or a local name is anything but public. Other names: False."""
    name = host.rstrip(".").lower()
    if name == "localhost" or name.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        address = ipaddress.ip_address(socket.inet_ntoa(socket.inet_aton(name)))  # 127.1, 0x7f000001
    except (OSError, UnicodeEncodeError):
        return _is_private_v6(name)
    return not address.is_global or address.is_multicast


def _is_private_v6(name: str) -> bool:
    try:
        address = ipaddress.IPv6Address(name.partition("%")[0])
    except ValueError:
        return False
    inner = address.ipv4_mapped or address.sixtofour
    return not address.is_global or address.is_multicast or (inner is not None and not inner.is_global)


class _GuardedHTTP(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _public(super()._new_conn())


class _GuardedHTTPS(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _public(super()._new_conn())


class _GuardedHTTPPool(HTTPConnectionPool):
    ConnectionCls = _GuardedHTTP


class _GuardedHTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _GuardedHTTPS


class _GuardedAdapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _GuardedHTTPPool, "https": _GuardedHTTPSPool}


def _public(connection: socket.socket) -> socket.socket:
    peer = str(connection.getpeername()[0])
    if is_private(peer):
        connection.close()
        raise Permanent("a private address", code="media_address")
    return connection


def guarded_session(*, private_allowed: bool) -> requests.Session:
    """A session that connects to public addresses only."""
    session = requests.Session()
    if not private_allowed:
        session.mount("http://", _GuardedAdapter())
        session.mount("https://", _GuardedAdapter())
    return session
