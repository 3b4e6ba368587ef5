"""Test runners, one module each: how to make a runner tell of every single test, and how to read what it tells.

May import `values`, `checks.reports`. A new runner is a file here and a line in `RUNNERS`.
"""
