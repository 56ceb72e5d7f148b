"""Takes this machine as it is; gives `Check`s: what works, what is missing, what is broken, and the way out of each.

Nothing is called right that was not tried: packages are imported, ffmpeg is started, models are opened, folders are
written to, a port is listened on, and a job of one second is done.
"""

from indextts_post.doctor.checks import examine
from indextts_post.doctor.records import Check, State

__all__ = ["Check", "State", "examine"]
