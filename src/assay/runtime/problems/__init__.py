"""What is wrong with the data, each root cause once, and what it withholds."""
