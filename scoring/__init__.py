"""Who is how risky: enterprises, their records, models and grades."""
