"""What staff may ask and do."""
