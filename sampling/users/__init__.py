"""Who may sign in: the bureau's users, what they prove themselves by, and the clients of peer departments."""
