/* `v2` in C, written for kvmviz: what differs from v1.c. */

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
		kvm_x86_call(free_external_spt)(kvm, sp);

	call_rcu(&sp->rcu_head, tdp_mmu_free_sp_rcu_callback);
}

/* The op: a page that cannot be reclaimed is leaked here. */
static void tdx_sept_free_private_spt(struct kvm *kvm, struct kvm_mmu_page *sp)
{
	if (KVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm) ||
	    tdx_reclaim_page(virt_to_page(sp->external_spt)))
		sp->external_spt = NULL;
}

/* A guest page: block, track, remove, write back. */
static int tdx_sept_remove_leaf_spte(struct kvm *kvm, gfn_t gfn, enum pg_level level, kvm_pfn_t pfn)
{
	struct kvm_tdx *kvm_tdx = to_kvm_tdx(kvm);
	struct page *page = pfn_to_page(pfn);
	gpa_t gpa = gfn_to_gpa(gfn);
	u64 err, entry, level_state;

	if (KVM_BUG_ON(!is_hkid_assigned(kvm_tdx), kvm))
		return -EIO;
	if (KVM_BUG_ON(level != PG_LEVEL_4K, kvm))
		return -EIO;

	err = tdh_mem_range_block(&kvm_tdx->td, gpa, pg_level_to_tdx_sept_level(level), &entry, &level_state);
	if (TDX_BUG_ON_2(err, TDH_MEM_RANGE_BLOCK, entry, level_state, kvm))
		return -EIO;

	tdx_track(kvm);

	err = tdh_mem_page_remove(&kvm_tdx->td, gpa, pg_level_to_tdx_sept_level(level), &entry, &level_state);
	if (TDX_BUG_ON_2(err, TDH_MEM_PAGE_REMOVE, entry, level_state, kvm))
		return -EIO;

	err = tdh_phymem_page_wbinvd_hkid((u16)kvm_tdx->hkid, page);
	if (TDX_BUG_ON(err, TDH_PHYMEM_PAGE_WBINVD, kvm))
		return -EIO;

	tdx_quirk_reset_page(page);
	return 0;
}
