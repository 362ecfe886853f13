"""Propensity: four families of classifiers, searched, evaluated out of fold and exported."""
