"""Recommenders: fits whose weights, factors and predictions are rows that SQL scores."""
