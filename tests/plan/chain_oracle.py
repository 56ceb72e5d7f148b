"""The planner's choice, found the slow way: every start with every budget of every line, costs summed as documented.

Written from the documents (the docstrings of `plan/optimise.py` and `plan/options.py`), in plain numbers, with nothing
of the code under test but its records: the constants are typed in again.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise, product
from math import ceil, floor, log

from indextts_post.cast import Line
from indextts_post.plan import Natural, PlanOptions
from indextts_post.plan.windows import TimeWindow
from indextts_post.timeline import LengthMode, SyncClass

Pick = tuple[Fraction, int]
"""Start in seconds and budget in units."""
FRAME_S = Fraction(1, 25)


def picks_of(line: Line, natural: Natural, window: TimeWindow, unit_rate: Fraction, options: PlanOptions) -> list[Pick]:
    """All a line may choose; where nothing ends in time, the earliest start with the fewest units."""
    fewest, most = budgets_asked(line, natural, window, unit_rate, options)
    starts = [
        window.start_s - back * FRAME_S for back in range(1000) if window.start_s - back * FRAME_S >= window.earliest_s
    ]
    fitting = [
        (start, units)
        for start in starts
        for units in range(fewest, most + 1)
        if start + units / unit_rate <= window.latest_s
    ]
    return fitting or [(starts[-1], fewest)]


def budgets_asked(line: Line, natural: Natural, window: TimeWindow, unit_rate: Fraction, options: PlanOptions) -> Pick:
    """Fewest and most units: the rate limits in window mode (down to the hard one for lips only), else one number."""
    if line.mode is LengthMode.WINDOW:
        slowest = options.hard[0] if line.sync is SyncClass.LIP else options.preferred[0]
        fewest = max(natural.shortest, ceil(natural.units / options.hard[1]))
        return fewest, max(fewest, min(natural.longest, floor(natural.units / slowest)))
    units = {
        LengthMode.EXACT: floor((window.end_s - window.start_s) * unit_rate),
        LengthMode.RATIO: round(natural.units / (options.ratio * Fraction(line.pace))),
        LengthMode.FREE: natural.units,
    }[line.mode]
    units = min(max(units, natural.shortest), natural.longest)
    return units, units


def own_cost(
    line: Line, natural: Natural, window: TimeWindow, unit_rate: Fraction, options: PlanOptions, pick: Pick
) -> float:
    start, units = pick
    end = start + units / unit_rate
    rate = natural.units / units
    limits = options.limits[line.sync]
    low, high = options.preferred
    outside = log(rate / high) if rate > high else log(low / rate) if rate < low else 0.0
    over, short = max(0.0, float(end - window.end_s)), max(0.0, float(window.end_s - end))
    early = float(window.start_s - start)
    pace = log(rate / line.pace) ** 2 + 20 * outside**2
    return pace + limits.over_cost * (over + over**2) + limits.short_cost * short + 0.4 * early


def cost_between(
    first: tuple[Line, Natural, TimeWindow, Pick],
    second: tuple[Line, Natural, TimeWindow, Pick],
    unit_rate: Fraction,
    options: PlanOptions,
) -> float:
    """A jump of pace, fading with the pause; a billion for an early start into the least gap behind the one before."""
    paces = [log(natural.units / units / line.pace) for line, natural, _, (_, units) in (first, second)]
    pause = second[3][0] - (first[3][0] + first[3][1] / unit_rate)
    jump = options.consistency * (paces[1] - paces[0]) ** 2 / (1 + max(0.0, float(pause)) / 5)
    early = second[3][0] < second[2].start_s
    return jump + (1e9 if early and pause < options.min_gap_s else 0.0)


def chain_cost(
    lines: Sequence[Line],
    naturals: Sequence[Natural],
    windows: Sequence[TimeWindow],
    unit_rate: Fraction,
    options: PlanOptions,
    picks: Sequence[Pick],
) -> float:
    """What one way through the chain costs."""
    chain = list(zip(lines, naturals, windows, picks, strict=True))
    own = sum(own_cost(*three, unit_rate, options, pick) for *three, pick in chain)
    return own + sum(cost_between(a, b, unit_rate, options) for a, b in pairwise(chain))


def cheapest_cost(
    lines: Sequence[Line],
    naturals: Sequence[Natural],
    windows: Sequence[TimeWindow],
    unit_rate: Fraction,
    options: PlanOptions,
) -> float:
    """The least cost of all ways there are."""
    choices = [picks_of(line, n, w, unit_rate, options) for line, n, w in zip(lines, naturals, windows, strict=True)]
    return min(chain_cost(lines, naturals, windows, unit_rate, options, picks) for picks in product(*choices))
