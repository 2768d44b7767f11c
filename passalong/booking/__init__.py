"""Meetings: who takes them, when they can be, and what is said about them to calendars."""
