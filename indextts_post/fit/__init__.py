"""Takes takes and plans; gives fitted takes, sample-exact."""

from indextts_post.fit.fitting import FitResult, fit, fit_spares
from indextts_post.fit.landing import lead_samples
from indextts_post.fit.records import Fitted

__all__ = ["FitResult", "Fitted", "fit", "fit_spares", "lead_samples"]
