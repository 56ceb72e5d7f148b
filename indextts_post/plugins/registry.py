"""The hosts there are plug-ins for."""

from __future__ import annotations

from indextts_post.errors import OptionError
from indextts_post.plugins.protocol import Host

HOSTS: dict[str, Host] = {}
"""By name. The value is the host's module, such as `premiere`, which keeps the protocol."""


def host_named(name: str) -> Host:
    """The host of that name. Raises `OptionError` with the names there are."""
    if name not in HOSTS:
        raise OptionError(f"There is no plug-in for {name!r}. There is one for: {', '.join(sorted(HOSTS))}.")
    return HOSTS[name]
