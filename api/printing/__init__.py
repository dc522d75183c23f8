"""Forms on paper: what is printed, and how."""
