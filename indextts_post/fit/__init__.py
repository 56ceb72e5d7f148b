"""Takes takes and plans; gives fitted takes, sample-exact."""

from indextts_post.fit.fitting import FitResult, fit
from indextts_post.fit.landing import lead_samples
from indextts_post.fit.records import Fitted

__all__ = ["FitResult", "Fitted", "fit", "lead_samples"]
