"""Figures that are kept ready: what each thing that happened gives to them, and who adds it up."""
