"""What turns a brief into a proposal: one module per way to get one.

May import `values`, `errors`, `protocols`.
"""
