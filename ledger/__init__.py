"""What happened, provably: the log, its proofs and keys, and the floor that knows nothing of enterprises."""
