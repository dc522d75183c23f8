"""From the matched team to a confirmed finding: notices, what a visit found, evidence, and what a team confirms."""
