"""What campaigns and years came to."""
