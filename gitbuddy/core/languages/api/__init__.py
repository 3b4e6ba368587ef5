"""Public names with their signatures, one module a language (JavaScript and TypeScript share one, C and C++ another).

May import `core.languages` beside it. A signature says what a caller has to write: parameters, their types where the
language has them, what comes back; not the names of parameters where callers cannot use them.
"""
