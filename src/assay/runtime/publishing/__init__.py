"""How what was computed becomes a generation: all of it or nothing."""
