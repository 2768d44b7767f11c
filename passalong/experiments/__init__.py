"""Experiments: which of several variants does better, and when one may say so."""
