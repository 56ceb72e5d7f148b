"""Takes all that was made; gives the project with new tracks, the film, subtitles and the report."""
