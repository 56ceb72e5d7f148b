"""The hosts there are plug-ins for."""

from __future__ import annotations

from indextts_post.errors import OptionError
from indextts_post.plugins import blender, resolve
from indextts_post.plugins.premiere import Premiere
from indextts_post.plugins.protocol import Host

HOSTS: dict[str, Host] = {
    blender.NAME: blender,
    Premiere.NAME: Premiere(),
    resolve.NAME: resolve,
}
"""By name: the host's module, or a record where there is something to choose; both keep the protocol."""


def host_named(name: str) -> Host:
    """The host of that name. Raises `OptionError` with the names there are."""
    if name not in HOSTS:
        raise OptionError(f"There is no plug-in for {name!r}. There is one for: {', '.join(sorted(HOSTS))}.")
    return HOSTS[name]
