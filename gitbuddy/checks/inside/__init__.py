"""Files that run inside the sandbox, beside the project's tests and on the project's own Python.

They are read as text and copied; nothing here is imported by gitbuddy, and they import nothing of it.
"""
