"""Where data comes in: the landing zone, the raw tables that are filled from it, and the import of files."""
