"""Lint mended before a commit: look, let tools and then a small model mend, keep what is better, undo what is not.

`look` and `plain` are on the path of a hook that finds nothing to do, and import only the standard library and the
table of linters. May import `linters`, `core`, `git` and what lies below. This is not the engine: no branch lands.
"""
