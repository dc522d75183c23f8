"""The desk, each role on its main path."""
