"""Takes takes and plans; gives fitted takes, sample-exact."""

from indextts_post.fit.records import Fitted

__all__ = ["Fitted"]
