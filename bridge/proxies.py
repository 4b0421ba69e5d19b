"""Under which address a webhook was sent to us, when proxies stand in between. Pure.

Twilio signs the address it was told (CAR-97, CAR-107). That is `BRIDGE_PUBLIC_URL` and the path, whatever
socket, scheme or host the request came by. Where one bridge is reached by several addresses, a proxy that is
listed as trusted may tell which: the last word of `X-Forwarded-Proto`, `-Host` and `-Prefix`, because only
that one is the trusted proxy's own. From anybody else these headers are nothing but words.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import product
from urllib.parse import parse_qsl, urlsplit

Networks = tuple[IPv4Network | IPv6Network, ...]
Header = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it reached us: path and query as written, who sent it, its headers."""

    path: str
    query: str
    peer: str
    header: Header


@dataclass(frozen=True, slots=True)
class Front:
    """Our public address, and the proxies that are believed."""

    public_url: str
    trusted: Networks = ()

    @property
    def prefix(self) -> str:
        """The path below which the public address has us; empty if there is none."""
        return urlsplit(self.public_url).path.rstrip("/")

    def addresses(self, asked: Asked) -> tuple[str, ...]:
        """What may have been signed: the canonical address, then a trusted proxy's."""
        told = [self._told(asked)] if self._believes(asked.peer) else []
        return (self.public_url + _tail(self._bare(asked.path), asked.query), *told)

    def guesses(self, asked: Asked) -> Iterator[str]:
        """What else may have been signed: tells an operator what is amiss, never lets anybody in."""
        hosts = (urlsplit(self.public_url).netloc, asked.header("Host"), _last(asked, "X-Forwarded-Host"))
        prefixes = ("", self.prefix, _last(asked, "X-Forwarded-Prefix"))
        tail = _tail(self._bare(asked.path), asked.query)
        for scheme, host, prefix in dict.fromkeys(product(("https", "http"), hosts, prefixes)):
            if host:
                yield f"{scheme}://{host}{prefix.rstrip('/')}{tail}"

    def _told(self, asked: Asked) -> str:
        proto = _last(asked, "X-Forwarded-Proto") or urlsplit(self.public_url).scheme
        host = _last(asked, "X-Forwarded-Host") or asked.header("Host")
        prefix = _last(asked, "X-Forwarded-Prefix").rstrip("/")
        return f"{proto}://{host}{prefix}{_tail(asked.path, asked.query)}"

    def _believes(self, peer: str) -> bool:
        try:
            address = ip_address(peer)
        except ValueError:
            return False
        plain = (isinstance(address, IPv6Address) and address.ipv4_mapped) or address
        return any(plain in network for network in self.trusted)

    def _bare(self, path: str) -> str:
        """The path below our prefix, whether the proxy has taken the prefix off or not."""
        return path.removeprefix(self.prefix) if path.startswith(f"{self.prefix}/") else path


def networks(words: tuple[str, ...]) -> Networks:
    """Addresses and networks as an operator writes them; raises ValueError."""
    return tuple(ip_network(word, strict=False) for word in words)


def shown(url: str) -> str:
    """An address for a log: without a user and without what the query says."""
    parts = urlsplit(url)
    names = "&".join(f"{name}=…" for name, _ in parse_qsl(parts.query, keep_blank_values=True))
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query=names, fragment="").geturl()


def _last(asked: Asked, name: str) -> str:
    return asked.header(name).rpartition(",")[2].strip()


def _tail(path: str, query: str) -> str:
    return f"{path}?{query}" if query else path
