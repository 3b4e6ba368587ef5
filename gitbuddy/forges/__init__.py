"""Where accepted work is published, one module per forge.

May import `values`, `errors`.
"""
