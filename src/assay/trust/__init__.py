"""Trust: what the load log covers, what the checks found, and the verdict on every value."""
