"""Measurements, each beside a baseline that runs in turn on the same machine."""
