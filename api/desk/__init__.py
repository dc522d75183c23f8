"""Signing in at the desk by a browser: its session is a cookie that holds an id, and the bureau keeps the token."""
