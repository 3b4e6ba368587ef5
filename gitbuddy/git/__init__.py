"""The only place that knows pygit2 or starts git.

May import `values`, `errors`, `config`.
"""
