"""What a model does best on this machine, measured: tiny edits with one right result, asked through the real proposers.

No text of a model is ever run: a reply is parsed, applied in memory and compared. May import `core`, `protocols`,
`errors`, `values`.
"""
