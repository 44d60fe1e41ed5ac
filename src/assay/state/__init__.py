"""State: the transactional store of what was published, what was asked for, and who may write."""
