"""From content to a folder of pages: plan, compile skeletons, fill, write, check."""
