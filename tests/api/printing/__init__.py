"""How forms are printed."""
