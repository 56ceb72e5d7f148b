"""The backend for editing programs: the same records and the same `pipeline` as the command line, over HTTP.

No logic of dubbing lives here. `serve` runs it; `create_app` gives the ASGI application. Both need the packages of
`pip install indextts-post[server]`.
"""
