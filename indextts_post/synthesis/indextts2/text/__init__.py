"""A line's text becomes segments of ids for the GPT: normalising, scripts, marks, and the front end of each version."""
