"""Frozen values that rooms hand to each other."""
