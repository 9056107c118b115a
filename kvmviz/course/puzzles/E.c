/* Puzzle E: v1's generic code, with something missing. */
static void handle_removed_pt(struct kvm *kvm, tdp_ptep_t pt, bool shared)
{
	struct kvm_mmu_page *sp = sptep_to_sp(pt);
	int i;

	tdp_mmu_unlink_sp(kvm, sp);
	for (i = 0; i < SPTE_ENT_PER_PAGE; i++) {
		gfn_t gfn = sp->gfn + i * KVM_PAGES_PER_HPAGE(sp->role.level);
		u64 old_spte = kvm_tdp_mmu_read_spte(pt + i);

		if (!is_shadow_present_pte(old_spte))
			continue;
		__kvm_tdp_mmu_write_spte(pt + i, FROZEN_SPTE);
		handle_changed_spte(kvm, sp, gfn, old_spte, FROZEN_SPTE, sp->role.level, shared);
	}

	if (is_mirror_sp(sp))
		kvm_x86_call(free_external_spt)(kvm, sp->gfn, sp);

	tdp_mmu_free_sp(sp);
}
