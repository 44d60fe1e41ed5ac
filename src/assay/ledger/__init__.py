"""The ledger: which periods are published, what changed since the last time, and why a closed number moved."""
