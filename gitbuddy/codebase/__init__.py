"""The codebase as a whole, read from tracked blobs at a commit: what it defines, who uses what, what a task needs.

`parsers` read files in processes of their own, `store` remembers what they found, `survey` puts it together, `context`
chooses what a task is shown. May import core, git, globs, config, errors and values. Never reads the checkout.
"""
