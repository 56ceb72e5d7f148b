"""The panel drawn by a browser: its elements, its words, and what happens while somebody types.

UXP draws the same elements in its own way.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PANEL = Path(__file__).parent.parent.parent / "adapters" / "premiere" / "panel"
STAGE = """
const load = (name) => { const known = modules[name.replace(/^.*\\/|\\.js$/g, "")];
  if (!known.done) { known.done = true; known.make(known, load); } return known.exports; };
const { App } = load("./app.js"), { View } = load("./view.js"), { sayer } = load("./words.js");
const line = (number, character, text, verdict, more) => ({ id: `L000${number}`, character, text, locked: false,
  stale: false, start_frame: 24 + number * 70, end_frame: 80 + number * 70, plan: { verdict }, take: { number: 1 },
  notices: [], ...more });
const app = new App({ settings: { port: 8917 } }, () => view.render());
const view = new View(document, document.getElementById("panel"), app, sayer(LOCALE), async () => null);
const facts = { startFrame: 86400, ticksPerFrame: 10594584000n };
Object.assign(app, { server: { session: {} }, project: "p", facts });
app.lines = [
  line(0, "Ben", "Good morning, all of you.", "fits"),
  line(1, "Anna", "Who are you, and what did you do with my brother?", "tight", { locked: true }),
  line(2, "Ben", "I have waited here for three hours, in the rain, without an umbrella.", "impossible",
    { stale: true, take: null, notices: [{ severity: "fault", message: "9 syllables too many." }] }),
];
app.job = { state: "running", progress: { label: "speak", done: 2, total: 3 } };
app.say({ code: "connected", values: {} }, { code: "sent", values: { count: 3 } });
"""


def drawn(folder: Path, locale: str) -> Path:
    """The panel as one page: its modules, their `require`, and three lines to show."""
    modules = [
        f"modules[{path.stem!r}] = {{ exports: {{}}, make: (module, require) => {{ {path.read_text('utf-8')} }} }};"
        for path in sorted((PANEL / "src").glob("*.js"))
    ]
    script = "\n".join([f"const LOCALE = {locale!r}, modules = {{}};", *modules, STAGE])
    page = (
        (PANEL / "index.html")
        .read_text("utf-8")
        .replace('<script src="main.js"></script>', f"<script>{script}</script>")
    )
    made = folder / "panel.html"
    made.write_text(page, encoding="utf-8")
    shutil.copy(PANEL / "panel.css", folder)
    return made


@pytest.fixture
def panel(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 380, "height": 620})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    page.close()
    assert faults == []


@pytest.mark.slow
def test_every_line_shows_when_who_what_and_whether_it_fits(panel: Page, tmp_path: Path) -> None:
    panel.goto(drawn(tmp_path, "en").as_uri())
    heads = panel.locator(".line .head").all_inner_texts()
    assert [head.split() for head in heads] == [
        ["01:00:01:00", "Ben", "fits"],
        ["01:00:03:22", "Anna", "tight,", "locked"],
        ["01:00:06:20", "Ben", "too", "long,", "changed,", "not", "yet", "spoken"],
    ]
    disabled = panel.locator("button[disabled]").all_inner_texts()
    assert disabled == ["Speak again", "Save", "Play"], "of the locked line, and of the one that was never spoken"
    colours = [
        panel.locator(f".line.{one}").evaluate("e => getComputedStyle(e).borderLeftColor")
        for one in ("fits", "tight", "impossible")
    ]
    assert len(set(colours)) == 3
    if folder := os.environ.get("DUBSYNC_PICTURES"):
        panel.screenshot(path=Path(folder) / "premiere-panel.png")


@pytest.mark.slow
def test_progress_does_not_disturb_who_is_typing(panel: Page, tmp_path: Path) -> None:
    panel.goto(drawn(tmp_path, "zh-CN").as_uri())
    assert panel.locator("h1").inner_text() == "为此序列配音"
    field = panel.locator("textarea").first
    field.fill("Good evening")
    field.press("End")
    panel.evaluate("app.job.progress.done = 3; app.changed()")
    panel.keyboard.type(", all.")
    assert field.input_value() == "Good evening, all."
    panel.evaluate("app.lines = [...app.lines]; app.changed()")
    assert panel.locator("textarea").first.input_value() == "Good evening, all."
