"""Takes fitted takes and the background; gives stems and mix, streamed."""

from indextts_post.mix.mixing import mix
from indextts_post.mix.options import PROFILES, Measured, MixOptions, Profile, profile_named
from indextts_post.mix.records import Mixed, Stem

__all__ = ["PROFILES", "Measured", "MixOptions", "Mixed", "Profile", "Stem", "mix", "profile_named"]
