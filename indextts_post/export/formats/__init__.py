"""Takes one canonical `Dub`; gives files for every editing system, each with its losses named.

Every format is a pure projection, one file of code each. `canonical` is what is projected, `registry` the verb and the
list of targets.
"""
