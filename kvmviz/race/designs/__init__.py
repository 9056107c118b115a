"""How Linux may count a region's users: sibling modules, each with `get` and `put`.

Read `naive` first, then `landed`; `old` differs from `landed` in the lock, `v6` takes
the lock only for the first and the last user, `per_region` splits it.
"""
