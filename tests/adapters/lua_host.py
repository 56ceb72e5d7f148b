"""Resolve's Lua: LuaJIT with what the editions leave of it, and Resolve's objects as they look from there."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_resolve import Remote, World

lupa = pytest.importorskip("lupa.luajit21", reason="lupa is not installed: no LuaJIT to run Resolve's scripts in")

# Reported of Workspace > Scripts in Resolve Free 21.1; `os` keeps what only looks at the clock and the environment.
SANDBOX = """
local clock = os
os = { clock = clock.clock, date = clock.date, difftime = clock.difftime, getenv = clock.getenv, time = clock.time,
       tmpname = clock.tmpname }
io, require, package, debug, ffi, arg, python, printerr = nil, nil, nil, nil, nil, nil, nil, nil
print = function() end
"""
FULL = "python, printerr = nil, nil"


class _Lua:
    """Carries values between LuaJIT and the fake."""

    def __init__(self, runtime: Any) -> None:
        self.runtime = runtime
        # lupa 2.8 on LuaJIT mixes objects up that it was given twice, or whose address it has seen before; so each is
        # given once and kept.
        self.given: list[Any] = []

    def to_lua(self, value: Any) -> Any:
        if isinstance(value, Remote):
            self.given.append(_Proxy(self, value))
            return self.given[-1]
        if isinstance(value, list):
            table = self.runtime.table_from([self.to_lua(item) for item in value])
            table["__flags"] = 4194304
            return table
        if isinstance(value, dict):
            return self.runtime.table_from({key: self.to_lua(item) for key, item in value.items()})
        return value

    def from_lua(self, value: Any) -> Any:
        if isinstance(value, _Proxy):
            return value._object
        if lupa.lua_type(value) == "table":
            keys = list(value.keys())
            if keys == list(range(1, len(keys) + 1)):
                return [self.from_lua(value[key]) for key in keys]
            return {key: self.from_lua(value[key]) for key in keys}
        return value


class _Proxy:
    """Userdata: methods are called with a colon, `pairs` and `#` fail."""

    def __init__(self, lua: _Lua, remote: Remote) -> None:
        self._lua, self._object = lua, remote

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._object, name)

        def call(_self: Any, *arguments: Any) -> Any:
            return self._lua.to_lua(method(*[self._lua.from_lua(argument) for argument in arguments]))

        self._lua.given.append(call)
        return call


def run_lua(script: bytes, world: World, wait: Callable[[float], None], *, sandbox: bool = True) -> None:
    """Run a menu entry. `wait` is called where the script waits, with the seconds."""
    runtime = lupa.LuaRuntime(unpack_returned_tuples=True, register_eval=False, register_builtins=False)
    lua = _Lua(runtime)
    names = runtime.globals()
    names.resolve, names.fusion = lua.to_lua(world.resolve), lua.to_lua(world.fusion)
    names.bmd = runtime.table_from(
        {"wait": wait, "gettime": time.monotonic, "fileexists": lambda path: Path(path).is_file()}
    )
    runtime.execute(SANDBOX if sandbox else FULL)
    runtime.execute(script.decode("utf-8"))
