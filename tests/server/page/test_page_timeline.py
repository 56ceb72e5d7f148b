"""The timeline of the page: where blocks stand, what they say, and that only what is in view is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from page_stand import CAST, Stand, line_of

if TYPE_CHECKING:
    from playwright.sync_api import Page

HEAD = 164
"""Pixels of the lane heads, left of frame 0."""
MOST = 221
"""Blocks the page ever has at once: 220, and the chosen line's own over the overview."""

BLOCKS = """() => [...document.querySelectorAll('.block')].map(b => ({
    id: b.dataset.line, left: parseFloat(b.style.left), width: parseFloat(b.style.width),
    lane: b.parentElement.getAttribute('aria-label'), label: b.getAttribute('aria-label'), classes: b.className}))"""


def stand(lines: int, **changes: Any) -> Stand:
    return Stand([line_of(number) for number in range(lines)], **changes)


def blocks(page: Page) -> dict[str, dict[str, Any]]:
    return {block["id"]: block for block in page.evaluate(BLOCKS)}


def pixels_per_frame(page: Page) -> float:
    """From the width of the first block, L0001: 66 frames with the silence it borrows."""
    return float(blocks(page)["L0001"]["width"] / 66)


def test_every_block_stands_where_its_frames_say(page: Page) -> None:
    shown = stand(12)
    shown.open(page)
    zoom = pixels_per_frame(page)
    found = blocks(page)
    assert len(found) == 12
    for line in shown.lines:
        plan, block = line["plan"], found[line["id"]]
        assert block["left"] == pytest.approx(HEAD + plan["start_frame"] * zoom, abs=0.01)
        assert block["width"] == pytest.approx((plan["end_frame"] - plan["start_frame"]) * zoom, abs=0.01)
        assert block["lane"].endswith(line["character"])


def test_a_block_says_its_verdict_in_words_and_not_by_colour_alone(page: Page) -> None:
    shown = stand(5)
    shown.lines[2] |= {"stale": True, "locked": True}
    shown.open(page)
    found = blocks(page)
    said = {"fits": "Fits", "tight": "Tight", "impossible": "Too long"}
    for line in shown.lines:
        assert said[line["plan"]["verdict"]] in found[line["id"]]["label"]
        assert line["text"] in found[line["id"]]["label"]
    # Line 3 starts at frame 12 + 2 · 72 = 156 behind 01:00:00:00; 156 frames are 6 s and 12 frames.
    assert found["L0003"]["label"].startswith("L0003, 林雨, 01:00:06:12, Fits, To be spoken, Locked:")


def test_there_is_a_lane_for_every_character_in_the_projects_order(page: Page) -> None:
    stand(8).open(page)
    names = page.eval_on_selector_all(".lane:not(.sound) .lane-title", "all => all.map(e => e.textContent)")
    assert tuple(names) == CAST


def test_lines_of_one_character_that_overlap_stand_below_each_other(page: Page) -> None:
    shown = stand(8)
    shown.lines[4]["plan"] |= {"start_frame": 30, "end_frame": 90}
    shown.open(page)
    tops = page.eval_on_selector_all("[data-line=L0001], [data-line=L0005]", "all => all.map(e => e.style.top)")
    assert sorted(tops) == ["4px", "62px"]


def test_with_1500_lines_the_blocks_in_the_document_stay_few_wherever_one_scrolls(page: Page) -> None:
    shown = stand(1500)
    shown.open(page)
    seen: set[str] = set()
    most = 0
    width = page.evaluate("document.querySelector('.scroller').scrollWidth")
    for step in range(0, 41):
        page.evaluate(
            "async x => { document.querySelector('.scroller').scrollLeft = x;"
            " await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r))); }",
            width * step / 40,
        )
        now = blocks(page)
        seen |= now.keys()
        most = max(most, len(now))
    assert 0 < most <= MOST
    assert "L0001" in seen
    assert "L1500" in seen


def test_a_whole_programme_at_once_is_drawn_and_its_lines_can_still_be_chosen(page: Page) -> None:
    stand(1500).open(page)
    page.keyboard.press("0")
    page.wait_for_selector(".overview")
    assert len(blocks(page)) <= 1
    box = page.locator(".lane:not(.sound) .overview").first.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 20)
    chosen = page.locator(".row.chosen .row-id").inner_text()
    # Half of the programme: line 750, give or take what four pixels of slack allow.
    assert 700 < int(chosen[1:]) < 800


def test_the_list_has_only_the_rows_in_view(page: Page) -> None:
    stand(1500).open(page)
    assert page.locator(".row").count() < 60
    page.keyboard.press("End")
    page.evaluate("document.querySelector('.rows').scrollTop = 1e7")
    page.wait_for_selector("[data-row=L1500]")
    assert page.locator(".row").count() < 60
    assert page.locator("[data-row=L1500]").get_attribute("aria-setsize") == "1500"
