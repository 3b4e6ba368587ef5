"""Attempts, from the question to the verdict: one in the job's own worktree, or several at once, each in its own.

May import gate, core, git, checks, protocols, config, errors and values.
"""
