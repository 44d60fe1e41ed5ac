"""Forecasts: the history of one number in, its next periods with an interval and a back-tested error out. Pure."""
