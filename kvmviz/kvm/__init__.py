"""KVM's teardown of a TD in Python: one function per kernel function, kernel names.

Read `vm` for what is torn down, `guest_memfd` and `kvm_main` for the order of
things, `tdp_mmu` for the generic page-table code, `tdx` for what is particular to
TDX.  What a patch changes is reached through `vm.revision` and lives in
`kvmviz.revisions`.  Standard library only; nothing here knows of pictures.
"""
