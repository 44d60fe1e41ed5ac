"""One file a resource, found by itself: each has a `router`."""
