"""A year of the sample program, played through the real functions, for whoever looks at it first.

`script` says who does what when, from a seed and a day alone; `player` does it; `year` is the
command, with a folder of its own.
"""
