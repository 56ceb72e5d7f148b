"""Takes requests over HTTP and WebSocket; gives the answers of the other rooms as JSON, sound and film.

The only room that knows FastAPI. `app.create_app` puts it together, `running.serve` listens.
"""
