"""Choices that an endpoint may state and an estimator understands."""

from typing import Literal

Scale = Literal["log-log", "log", "plain"]
"""Scale on which the interval of a survival curve is symmetric."""

Ties = Literal["efron", "breslow"]
"""Likelihood of a Cox model at tied event times."""
