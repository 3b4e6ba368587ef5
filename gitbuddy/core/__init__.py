"""The pure part: text, bytes and values in; values out. No os, subprocess, pygit2, httpx or clock.

May import `values`, `errors`, `config`.
"""
