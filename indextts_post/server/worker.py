"""The worker: a process of its own that runs one job after another and keeps the engine warm between them.

    python -m indextts_post.server.worker

It reads orders from its standard input and answers on its standard output; when the input ends, because the server
has gone, it stops at the next step and goes too. What it finished is on disk, whole.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
import traceback
from dataclasses import dataclass, replace
from typing import IO, Any

from indextts_post.errors import BUG_EXIT_CODE, DubsyncError, InterruptedJobError
from indextts_post.job import JobFolder, Runtime
from indextts_post.pipeline import Result, Stage, run
from indextts_post.server.orders import CANCEL, END, ORDER, STAGES, Order, error_json, notice_json
from indextts_post.synthesis import Engine, EngineOptions, open_engine

GRACE_S = 3.0
"""How long a job may take to stop after the server has gone."""
_EVERY_S = 0.1


class Line:
    """The way back to the server. Standard output itself is turned to standard error: libraries print."""

    def __init__(self, way: IO[str]) -> None:
        self._way = way
        self._lock = threading.Lock()

    def send(self, **message: Any) -> None:
        with self._lock:
            self._way.write(json.dumps(message, ensure_ascii=True) + "\n")
            self._way.flush()


class Reporter:
    """A `Progress` that tells the server of every tenth of a second, and stops the job where that was asked for."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self.job = ""
        self.cancelled: set[str] = set()
        self._stage, self._total, self._done = "", 0, 0
        self._began = self._told = 0.0

    def begin(self, stage: str, total: int) -> None:
        self._check()
        self._stage, self._total, self._done = stage, total, 0
        self._began = time.monotonic()
        self._tell("")

    def step(self, label: str, amount: int = 1) -> None:
        self._done += amount
        if time.monotonic() - self._told > _EVERY_S or self._done == self._total:
            self._tell(label)
        self._check()

    def _check(self) -> None:
        if self.job in self.cancelled:
            raise InterruptedJobError("stopped. What was finished is kept; resuming goes on from there.")

    def _tell(self, label: str) -> None:
        self._told = time.monotonic()
        spent = self._told - self._began
        left = spent / self._done * (self._total - self._done) if self._done and spent > 1 else None
        progress = {
            "stage": self._stage,
            "label": label,
            "done": min(self._done, self._total),
            "total": self._total,
            "left_s": None if left is None else round(left, 1),
        }
        if self.job:
            self._line.send(job=self.job, progress=progress)


@dataclass
class Bench:
    """The engine that was used last, ready for the next job; one at a time, for each may fill the memory."""

    _key: tuple[object, ...] = ()
    _engine: Engine | None = None

    def open(self, name: str, options: EngineOptions) -> Engine:
        """As `open_engine`; the same engine again where nothing about it is different."""
        where = (options.models_dir, options.recordings_dir, options.device, options.precision, options.threads)
        key = (name, *where, options.likeness, options.ear is not None)
        if self._engine is None or self._key != key:
            self._engine = None
            self._engine = open_engine(name, options)
            self._key = key
        return self._engine


def work(order: Order, runtime: Runtime) -> dict[str, Any]:
    """Run one job to its end; gives what the server keeps of it."""
    until = STAGES[order.until]
    spec = replace(order.spec, predict=until <= Stage.PLAN)
    folder = JobFolder(spec.out)
    before = _takes(folder)
    result = run(spec, runtime, until)
    return {
        "notices": [notice_json(notice) for notice in result.notices],
        "spoken": _takes(folder) - before,
        "outputs": _outputs(result, folder),
    }


def _takes(folder: JobFolder) -> int:
    return sum(1 for path in folder.takes.glob("*.json") if not path.name.startswith("."))


def _outputs(result: Result, folder: JobFolder) -> list[str]:
    if result.exported is None:
        return []
    return [path.relative_to(folder.out).as_posix() for path in result.exported.files]


def answer(order: Order, runtime: Runtime, reporter: Reporter, line: Line) -> None:
    """Do one order and say how it ended. A bug is told and then ends the process: the server starts another."""
    reporter.job = order.id
    try:
        line.send(job=order.id, ended="done", **work(order, runtime))
    except InterruptedJobError as error:
        line.send(job=order.id, ended="cancelled", error=error_json(error))
    except DubsyncError as error:
        line.send(job=order.id, ended="failed", error=error_json(error))
    except Exception as error:
        told = {"code": "bug", "message": f"a bug: {type(error).__name__}: {error}", "exit_code": BUG_EXIT_CODE}
        line.send(job=order.id, ended="failed", error=told)
        raise
    finally:
        reporter.job = ""


def _listen(orders: queue.Queue[Order | None], reporter: Reporter) -> None:
    """Take orders as they come; a job that is running hears at once that it is to stop."""
    for text in sys.stdin:
        message = json.loads(text)
        if CANCEL in message:
            reporter.cancelled.add(message[CANCEL])
        elif END in message:
            break
        else:
            order = ORDER.validate_python(message)
            reporter.cancelled.discard(order.id)  # it was cancelled before, and is resumed
            orders.put(order)
    orders.put(None)
    if reporter.job:
        reporter.cancelled.add(reporter.job)
        time.sleep(GRACE_S)
        os._exit(InterruptedJobError.exit_code)


def main() -> None:
    way = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    line = Line(way)
    reporter = Reporter(line)
    runtime = Runtime(reporter, Bench().open)
    orders: queue.Queue[Order | None] = queue.Queue()
    threading.Thread(target=_listen, args=(orders, reporter), daemon=True).start()
    line.send(ready=os.getpid())
    while (order := orders.get()) is not None:
        try:
            answer(order, runtime, reporter, line)
        except Exception:
            traceback.print_exc()
            raise


if __name__ == "__main__":
    main()
