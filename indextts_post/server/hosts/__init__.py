"""Takes what scripts inside editing programs send, over HTTP or by files; gives timelines and answers."""
