"""Early warning: what changed, surges or fails together, with its evidence, and what became of each warning."""
