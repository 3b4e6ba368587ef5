"""What a candidate has to get through: the checks on base and candidate, and trials beyond them.

May import `core`, `checks`, `git`, `protocols`, `config`, `errors`, `values`.
"""
