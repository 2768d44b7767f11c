"""Who is credited with what, and why: pure functions over the set of events."""
