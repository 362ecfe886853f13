"""Synthetic stand-ins for the five raw files: one pure function per data set."""
