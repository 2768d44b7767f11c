"""Passalong: customer stories that customers pass along."""
