"""What staff may do: each mutation calls one use case, which decides."""
