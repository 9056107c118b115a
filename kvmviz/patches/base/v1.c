/* `v1` in C, written for kvmviz: what differs from before.c. */

/* A mirror table that no entry points at any more: first what hangs below it, then the table. */
static void handle_removed_pt(struct kvm *kvm, tdp_ptep_t pt, bool shared)
{
	struct kvm_mmu_page *sp = sptep_to_sp(pt);
	gfn_t base_gfn = sp->gfn;
	int level = sp->role.level;
	int i;

	tdp_mmu_unlink_sp(kvm, sp);
	for (i = 0; i < SPTE_ENT_PER_PAGE; i++) {
		gfn_t gfn = base_gfn + i * KVM_PAGES_PER_HPAGE(level);
		u64 old_spte = kvm_tdp_mmu_read_spte(pt + i);

		if (!is_shadow_present_pte(old_spte))
			continue;
		__kvm_tdp_mmu_write_spte(pt + i, FROZEN_SPTE);
		handle_changed_spte(kvm, sp, gfn, old_spte, FROZEN_SPTE, level, shared);
	}

	/* Whether it worked is not asked here. */
	if (is_mirror_sp(sp))
		kvm_x86_call(free_external_spt)(kvm, base_gfn, sp);

	call_rcu(&sp->rcu_head, tdp_mmu_free_sp_rcu_callback);
}

/* The op: a page that cannot be reclaimed is leaked here. */
static void tdx_sept_free_private_spt(struct kvm *kvm, gfn_t gfn, struct kvm_mmu_page *sp)
{
	if (KVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm) ||
	    tdx_reclaim_page(virt_to_page(sp->external_spt)))
		sp->external_spt = NULL;
}
