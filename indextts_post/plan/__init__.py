"""Takes lines and their natural lengths; gives `LinePlan`s: how many units each may take, which gap it borrows."""

from indextts_post.plan.records import LinePlan, Natural, Verdict

__all__ = ["LinePlan", "Natural", "Verdict"]
