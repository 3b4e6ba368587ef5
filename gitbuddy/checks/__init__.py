"""The project's own commands: found, run in the sandbox, cached.

May import `values`, `errors`, `config`, `protocols`.
"""
