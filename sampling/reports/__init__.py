"""What campaigns and years came to: their progress, and what is filed of them."""
