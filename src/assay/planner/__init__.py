"""The planner: from contracts to what is kept, and to the SQL that fills it. Pure."""
