"""Servers that answer the same three queries from the same rows, each by a library of its own."""
