"""What follows an approved finding: its publication in time, corrections, its end, and what others make of it."""
