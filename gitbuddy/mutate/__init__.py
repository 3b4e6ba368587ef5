"""Repair without a model: find the suspicious lines, try small edits there, keep those that the tests let pass.

    target    which tests fail, and which check runs them
    spectrum  those tests and their neighbours once with line coverage -> suspicious lines
    search    candidates in order of likelihood -> the warm runner -> survivors
    choice    which survivor is proposed first, and an input on which the others differ from it
    proposer  all of it as a proposer: the first tier of `fix`

What a survivor has passed decides nothing: it goes through the gate as any proposal does. May import `core`, `checks`,
`protocols`, `config`, `values`, `errors`.
"""
