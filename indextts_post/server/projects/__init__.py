"""Takes the files of a project and its job folder; gives its lines as they now are, and keeps their edits."""
