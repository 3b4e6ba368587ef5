"""Where model-written code runs, one module per mechanism.

May import `values`, `errors`.
"""
