"""From the files of a checkpoint folder to filled networks, every tensor and no other."""
