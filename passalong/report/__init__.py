"""The report: what the program brought, as a page, and how it is said."""
