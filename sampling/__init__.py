"""Who is inspected, by whom, and what was found."""
