"""Proposing a model's points from findings, and testing a challenger against the model in force."""
