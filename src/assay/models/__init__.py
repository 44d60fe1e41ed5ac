"""Models: dbt, run inside the worker, one invocation at a time."""
