"""GraphQL: what each audience may ask, and how it is answered."""
