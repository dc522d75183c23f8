"""What staff may ask, each room of one subject; the use cases decide who may."""
