"""What a source file defines and which names it uses, read by tree-sitter queries; one small table a language.

`extraction` reads a file, also one with errors; `symbols` are what it finds. May import `core.endings` and
`core.languages.trees`.
"""
