"""Takes what clients ask to be made; gives jobs that a worker process runs one after another, kept and resumable."""
