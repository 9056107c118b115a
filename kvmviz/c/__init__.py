"""C, run in the model: a front end that turns kernel functions into functions of the model.

Nothing of the C is executed on the host, and no compiler is needed: `text` settles
what a preprocessor would, `syntax` lets tree-sitter read the rest, `names` binds the
kernel's names to the model, `translate` makes Python of a function, and `revision`
makes a revision of it all.
"""
