"""HTTP: the same answers as the command line, and the page."""
