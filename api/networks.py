"""Networks that an operator names."""

import ipaddress
from collections.abc import Sequence
from typing import TypeAlias

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def networks_of(readers: str) -> list[Network]:
    """Return the networks of a list by commas, of addresses too; raises ValueError."""
    return [ipaddress.ip_network(each.strip()) for each in readers.split(",") if each.strip()]


def is_in(address: str, networks: Sequence[Network]) -> bool:
    """Tell whether an address is in one of the networks; IPv4 within IPv6 is IPv4."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(found, "ipv4_mapped", None)
    return any((mapped or found) in network for network in networks)
