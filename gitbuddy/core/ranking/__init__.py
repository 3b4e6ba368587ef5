"""Which files and definitions of a codebase matter: a graph of who uses what, PageRank on it, and a readable map.

`graph` is built from the facts of all files, `pagerank` ranks it, `definitions` ranks what the files define, `outline`
prints the map. Imports nothing but `core.rules` and itself.
"""
