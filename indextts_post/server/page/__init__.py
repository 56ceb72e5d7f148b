"""The timeline page: TypeScript in `src/`, built by `build.py` into plain files in `dist/`, which the server hands out.

It talks to the server through the same API as every other client and knows nothing of dubbing.
"""
