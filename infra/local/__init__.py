"""The system on one machine."""
