"""The checks of what landed. Each file beside this one is a check, found by itself: its `NAME`, and `find(ground)`."""
