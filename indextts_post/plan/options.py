"""How tightly lines are held: rate windows, class limits, what a line may borrow, and what deviations cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from indextts_post.errors import OptionError
from indextts_post.timeline import SyncClass

HARD_RATES = (Fraction(75, 100), Fraction(130, 100))
PREFERRED_RATES = (Fraction(90, 100), Fraction(120, 100))


@dataclass(frozen=True)
class ClassLimits:
    """How far the end of speech may lie from the end of the slot, and what missing it costs.

    `late_s` and `late_frames` bound running over (the smaller gap to the next line always wins); None is unbounded.
    `early_s` is how early an end still counts as in sync. Costs are per second (short) and per second and second
    squared (over), on the scale of (ln rate)².
    """

    late_s: Fraction | None
    early_s: Fraction | None
    short_cost: float
    over_cost: float
    late_frames: int | None = None


# LIP and ON after Virkar et al. 2022 (boundaries within 300 ms go unnoticed off close-ups) and the one-frame rule of
# broadcasters; OFF: "global relaxation" of the same paper; VO: Sepielak 2016 (inside the original).
CLASS_LIMITS: dict[SyncClass, ClassLimits] = {
    SyncClass.LIP: ClassLimits(None, Fraction(42, 1000), short_cost=1.0, over_cost=4.0, late_frames=1),
    SyncClass.ON: ClassLimits(Fraction(3, 10), Fraction(3, 10), short_cost=0.04, over_cost=0.06),
    SyncClass.OFF: ClassLimits(None, None, short_cost=0.005, over_cost=0.01),
    SyncClass.VO: ClassLimits(Fraction(0), None, short_cost=0.01, over_cost=0.06),
}


@dataclass(frozen=True)
class PlanOptions:
    """`preferred` and `hard` are rates (natural length / spoken length: 1.2 is a fifth faster than natural).

    `borrow_after_s` and `borrow_before_s` bound the silence a line may take from the gaps around it; `min_gap_s` is
    left untouched in front of the neighbour. `consistency` weighs a jump of pace between neighbouring lines of one
    character. `ratio` is the pace of lines in ratio mode.
    """

    preferred: tuple[Fraction, Fraction] = PREFERRED_RATES
    hard: tuple[Fraction, Fraction] = HARD_RATES
    borrow_after_s: Fraction = Fraction(3)
    borrow_before_s: Fraction = Fraction(0)
    min_gap_s: Fraction = Fraction(8, 100)
    consistency: float = 0.5
    ratio: Fraction = Fraction(1)
    limits: dict[SyncClass, ClassLimits] = field(default_factory=lambda: dict(CLASS_LIMITS))

    def __post_init__(self) -> None:
        """Raise `OptionError` naming everything that is wrong."""
        found = []
        if not 0 < self.hard[0] <= self.preferred[0] <= 1 <= self.preferred[1] <= self.hard[1]:
            shown = " / ".join(f"{float(rate):g}" for rate in (self.hard[0], *self.preferred, self.hard[1]))
            found.append(
                "rates must nest, 0 < --min-rate <= --prefer's minimum <= 1 <= its maximum <= --max-rate, "
                f"and {shown} do not"
            )
        for name, value in (("borrow-after", self.borrow_after_s), ("borrow-before", self.borrow_before_s)):
            if value < 0:
                found.append(f"--{name} cannot be negative ({float(value):g} s)")
        if self.min_gap_s < 0:
            found.append(f"--min-gap cannot be negative ({float(self.min_gap_s):g} s)")
        if not Fraction(1, 2) <= self.ratio <= 2:
            found.append(f"--ratio must lie between 0.5 and 2, not {float(self.ratio):g}")
        if found:
            raise OptionError("\n".join(f"{problem}." for problem in found))
