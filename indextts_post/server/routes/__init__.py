"""The addresses, a file for each thing they are about. Nothing is decided here: a request becomes a call."""
