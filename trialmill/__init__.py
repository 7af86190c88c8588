"""One spec turns raw trial records into submission-ready CDISC data."""

__version__ = "0.1.0"
