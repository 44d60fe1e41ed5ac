"""The use cases: answering, refreshing, publishing, and the worker that does it."""
