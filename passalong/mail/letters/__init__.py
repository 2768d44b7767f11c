"""Every letter that the program writes: pure functions of data and the words of a locale."""
