"""What AWS calls, and the local server like it: each module makes one function."""
