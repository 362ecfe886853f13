"""Scoring on Spark: tables handed over, the same models built there, and both engines compared."""
