"""Where a webhook may go: public addresses only, so that no endpoint makes us knock inside.

A check when an endpoint is saved tells its owner early. It protects nothing by itself, since
a name may resolve to something else a second later: what protects is that connections.py
asks `addresses_of` again and connects to just those addresses.
"""

import ipaddress
import re
import socket
from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

import httpx

from triage import InputError

SETTING = "FENZHEN_ALLOW_PRIVATE_WEBHOOKS"
Resolver = Callable[[str, int], Sequence[str]]

_HOST = re.compile(r"(?!.{254})[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\.?")
# What some parser reads as a number and inet_aton as an address: 2130706433, 0x7f.1, 0177.0.0.1.
_ENDS_IN_NUMBER = re.compile(r"(.*\.)?([0-9]+|0x[0-9a-f]*)\.?")
# Where a host ends must not depend on the reader. An @ further on, in the path, is common.
_AMBIGUOUS = re.compile(r"[^:]*://[^/?#]*[@\\]")
_IPV4_INSIDE = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))
_SIX_TO_FOUR = IPv6Network("2002::/16")
_UNICAST = IPv6Network("2000::/3")
# Not public, though `is_global` of one Python or another says so.
_NEVER: tuple[IPv4Network | IPv6Network, ...] = (
    IPv4Network("168.63.129.16/32"),  # the host of every Azure machine
    IPv4Network("192.0.0.0/24"),  # protocol assignments; also the metadata of Oracle Cloud
    IPv4Network("192.88.99.0/24"),  # 6to4 relays
    IPv6Network("3fff::/20"),  # documentation
)


class AddressError(InputError):
    """An endpoint to which nothing is sent."""

    code = "address_refused"


def system_resolver(host: str, port: int) -> tuple[str, ...]:
    """Return the addresses of a host as the system knows them. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


def check(url: str, *, allow_private: bool = False, resolve: Resolver = system_resolver) -> None:
    """Accept a URL to which webhooks may be sent at this moment. Raises AddressError."""
    parsed = parse(url, allow_private=allow_private)
    host = parsed.raw_host.decode()
    try:
        addresses_of(host, port_of(parsed), allow_private=allow_private, resolve=resolve)
    except OSError as error:
        raise AddressError(
            f"The host {host!r} cannot be resolved.", remedy="Check its spelling and the DNS."
        ) from error


def parse(url: str, *, allow_private: bool = False) -> httpx.URL:
    """Return the parsed URL if its form is fit: scheme, host, port, no credentials.

    No name is resolved. `allow_private` also allows plain http. Raises AddressError.
    """
    try:
        parsed = httpx.URL(url)
        host, scheme = parsed.raw_host.decode(), parsed.scheme
    except (httpx.InvalidURL, UnicodeError) as error:
        raise AddressError(f"Not a URL: {error}.", remedy="Use https://host/path.") from error
    _refuse_scheme(scheme, allow_private=allow_private)
    if _AMBIGUOUS.match(url):
        raise AddressError(
            "The URL holds a user, a password or a backslash.",
            remedy="Leave them out: messages are signed.",
        )
    if parsed.port == 0 or (parsed.port or 0) > 65_535:
        raise AddressError(f"There is no port {parsed.port}.", remedy="Use 1 to 65535, or none.")
    _refuse_host(host)
    return parsed


def port_of(url: httpx.URL) -> int:
    """Return the port that a URL names or its scheme implies."""
    return url.port or (443 if url.scheme == "https" else 80)


def addresses_of(
    host: str,
    port: int,
    *,
    allow_private: bool = False,
    resolve: Resolver = system_resolver,
) -> tuple[str, ...]:
    """Resolve `host` once and return every address it has, all of which may be connected to.

    One address that is not public refuses the host: which of several a connection takes
    is for the one to choose who answers for the name. Raises AddressError, or OSError where the
    host cannot be resolved.
    """
    addresses = tuple(resolve(host, port))
    if not addresses:
        raise OSError(f"No address for {host}.")
    inside = [address for address in addresses if not is_public(address)]
    if inside and not allow_private:
        raise AddressError(
            f"{host} has the address {inside[0]}, which is not a public one.",
            remedy=f"Use a public host, or set {SETTING}=true to send within your own network.",
        )
    return addresses


def is_public(address: str) -> bool:
    """Tell whether an IP address, as text, is one of the public internet, and of one host."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(ip, IPv6Address):
        inner = _ipv4_within(ip)
        if inner is None:
            return ip in _UNICAST and _is_global(ip)
        ip = inner
    return _is_global(ip)


def _is_global(ip: IPv4Address | IPv6Address) -> bool:
    # `is_global` leaves out private, loopback, link-local, reserved and carrier-grade NAT.
    return ip.is_global and not ip.is_multicast and not any(ip in network for network in _NEVER)


def _ipv4_within(ip: IPv6Address) -> IPv4Address | None:
    if ip in _SIX_TO_FOUR:
        return ip.sixtofour
    if any(ip in network for network in _IPV4_INSIDE):
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return None


def _refuse_scheme(scheme: str, *, allow_private: bool) -> None:
    if scheme == "https" or (scheme == "http" and allow_private):
        return
    shown = f"{scheme[:20]}://" if scheme else "a URL without scheme"
    raise AddressError(
        f"Webhooks are not sent to {shown}.",
        remedy=f"Use https://; {SETTING}=true also allows http:// within your own network.",
    )


def _refuse_host(host: str) -> None:
    if _is_plain_address(host) or (_HOST.fullmatch(host) and not _ENDS_IN_NUMBER.fullmatch(host)):
        return
    raise AddressError(
        f"{host[:80]!r} is not the name of a host." if host else "The URL names no host.",
        remedy="Use a DNS name, or an IP address in its usual form.",
    )


def _is_plain_address(host: str) -> bool:
    """Tell whether a host is an address in the one form that every reader reads alike."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return "%" not in host
