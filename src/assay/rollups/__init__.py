"""Rollups: daily partials of every measure, on disk as segments, in memory as tables that merge over any window."""
