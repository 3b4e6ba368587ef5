"""What the guard looks at, one subject a module: paths, protected files, scope, content, characters, secrets.

May import `values`, `config`, `globs`, `core.lines`.
"""
