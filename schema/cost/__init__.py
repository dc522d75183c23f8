"""What an operation costs, said before it is executed, and how much a caller may spend."""
