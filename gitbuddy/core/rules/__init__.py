"""What the guard looks at, a subject a module: paths, protected files, scope, content, characters, secrets, tampering.

`literals` looks at a patch for its reader. May import `values`, `config`, `globs`, `core.lines`, `core.languages`.
"""
