"""gitbuddy: small models propose; git and the project's own checks decide.

Importing does nothing. Start reading at `gitbuddy/engine.py`.
"""

__version__ = "0.1.0"
