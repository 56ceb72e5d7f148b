"""`make bench-server`: what the server bears while it works: many clients that read, and a job that speaks.

    python tests/bench/bench_server.py [--clients N] [--seconds S] [--lines N]

A server is started as users start it, on a timeline of --lines lines with the metronome. While a job speaks and mixes,
--clients connections read as fast as they can: three of four times the lines with the tag they have (304 while nothing
has changed), else a line, the job, the project, a waveform. Prints requests a second, what one costs the server's
processor, errors by status, waiting times, and the server's memory before, in the middle and at the end.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx


def scene(lines: int) -> str:
    """Lines of two speakers, four seconds apart; no two alike."""
    rows = []
    for number in range(lines):
        begin, end = (
            f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}" for second in (number * 4, number * 4 + 3)
        )
        who = ("Ann", "Ben")[number % 2]
        rows.append(f"{number + 1}\n{begin},000 --> {end},500\n{who}: This is sentence number {number}.\n")
    return "\n".join(rows)


def memory_mib(pid: int) -> float:
    """Resident memory of a process (Linux)."""
    row = next(r for r in Path(f"/proc/{pid}/status").read_text().splitlines() if r.startswith("VmRSS"))
    return int(row.split()[1]) / 1024


def processor_s(pid: int) -> float:
    """Processor time a process has used (Linux): what a request costs, however busy the machine is with others."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass
class Tally:
    """What all clients saw."""

    answers: Counter[int] = field(default_factory=Counter)
    broken: int = 0
    waits_s: list[float] = field(default_factory=list)


class Client:
    """One kept-alive connection that speaks just enough HTTP: a full client would measure itself."""

    def __init__(self, url: httpx.URL, token: str, tally: Tally) -> None:
        self._host, self._port, self._token, self._tally = str(url.host), int(url.port or 0), token, tally
        self._tags: dict[str, str] = {}

    async def read(self, addresses: list[str], until: float) -> None:
        reader, writer = await asyncio.open_connection(self._host, self._port)
        number = 0
        while time.monotonic() < until:
            address = addresses[0] if number % 4 else addresses[1 + number // 4 % (len(addresses) - 1)]
            number += 1
            began = time.monotonic()
            try:
                self._tally.answers[await self._ask(reader, writer, address)] += 1
            except (OSError, asyncio.IncompleteReadError):
                self._tally.broken += 1
                reader, writer = await asyncio.open_connection(self._host, self._port)
            self._tally.waits_s.append(time.monotonic() - began)
        writer.close()

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: str) -> int:
        tag = f"If-None-Match: {self._tags[address]}\r\n" if address in self._tags else ""
        writer.write(
            f"GET {address} HTTP/1.1\r\nHost: {self._host}:{self._port}\r\n"
            f"Authorization: Bearer {self._token}\r\n{tag}\r\n".encode()
        )
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
        headers = {name.lower(): value.strip() for name, _, value in (row.partition(":") for row in head[1:])}
        await reader.readexactly(int(headers.get("content-length", 0)))
        if "etag" in headers:
            self._tags[address] = headers["etag"]
        return int(head[0].split()[1])


def started(folder: Path, lines: int) -> tuple[subprocess.Popen[bytes], dict[str, Any]]:
    path, session = folder / "scene.srt", folder / "session.json"
    path.write_text(scene(lines), encoding="utf-8")
    options = ["--voice-engine", "metronome", "--lang", "en", "--session-file", str(session)]
    environment = {**os.environ, "XDG_STATE_HOME": str(folder / "state")}
    command = [sys.executable, "-m", "indextts_post", "serve", str(path), *options]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    while not session.is_file():
        time.sleep(0.05)
    return server, json.loads(session.read_text())


def wait_for(client: httpx.Client, job: str, what: str = "state", than: tuple[str, ...] = ("queued", "running")) -> Any:
    while (found := client.get(f"/v1/jobs/{job}").json())[what] in than:
        time.sleep(0.2)
    return found


async def load(url: str, token: str, addresses: list[str], clients: int, seconds: float) -> Tally:
    tally = Tally()
    end = time.monotonic() + seconds
    await asyncio.gather(*(Client(httpx.URL(url), token, tally).read(addresses, end) for _ in range(clients)))
    return tally


def report(name: str, tally: Tally, seconds: float, used_s: float) -> None:
    waits = sorted(tally.waits_s)
    share = {p: 1000 * waits[min(len(waits) - 1, int(len(waits) * p / 100))] for p in (50, 95, 99)}
    said = ", ".join(f"p{p} {ms:.0f} ms" for p, ms in share.items())
    sys.stdout.write(
        f"{name}: {len(waits) / seconds:.0f} requests/s, {said}, worst {1000 * waits[-1]:.0f} ms; "
        f"{1e6 * used_s / len(waits):.0f} µs of one core a request; "
        f"answers {dict(sorted(tally.answers.items()))}, broken connections {tally.broken}\n"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--clients", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--lines", type=int, default=1500)
    wish = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        server, session = started(Path(folder), wish.lines)
        try:
            measure(server.pid, session, wish.clients, wish.seconds)
        finally:
            server.terminate()
            server.wait(30)


def measure(pid: int, session: dict[str, Any], clients: int, seconds: float) -> None:
    headers = {"authorization": f"Bearer {session['token']}"}
    with httpx.Client(base_url=session["url"], headers=headers, timeout=120) as client:
        while not (projects := client.get("/v1/projects").json()["projects"]):
            time.sleep(0.1)
        base = f"/v1/projects/{projects[0]['id']}"
        lines = len(client.get(f"{base}/lines").json()["lines"])
        first = client.post(f"{base}/jobs", json={"until": "mix"}).json()["id"]
        ended = wait_for(client, first)
        if ended["state"] != "done":
            raise SystemExit(f"the first job: {ended['state']}, {ended['error']}")
        addresses = [f"{base}/lines", f"{base}/lines/L0001", f"/v1/jobs/{first}", base, f"{base}/peaks/mix?points=500"]
        before = memory_mib(pid)
        used = processor_s(pid)
        idle = asyncio.run(load(session["url"], session["token"], addresses, clients, seconds / 2))
        report(f"{clients} clients, {lines} lines, nothing else", idle, seconds / 2, processor_s(pid) - used)
        between = memory_mib(pid)
        everything = [f"L{number:04d}" for number in range(1, lines + 1)]
        asked = {"until": "mix", "lines": everything, "again": True}
        job = client.post(f"{base}/jobs", json=asked).json()["id"]
        while client.get(f"/v1/jobs/{job}").json()["progress"]["stage"] != "speak":
            time.sleep(0.05)
        used = processor_s(pid)
        busy = asyncio.run(load(session["url"], session["token"], addresses, clients, seconds))
        report(f"{clients} clients while a job speaks", busy, seconds, processor_s(pid) - used)
        done = wait_for(client, job)
        sys.stdout.write(f"the job: {done['state']}, {done['spoken']} lines spoken\n")
        sys.stdout.write(f"memory of the server: {before:.0f} MiB, then {between:.0f}, then {memory_mib(pid):.0f}\n")


if __name__ == "__main__":
    main()
