/*
 * C of our own that behaves as the revision `v2` does.  It is no kernel text.
 */

static void tdp_mmu_free_sp(struct kvm_mmu_page *sp)
{
	free_page((unsigned long)sp->external_spt);
	free_page((unsigned long)sp->spt);
	kmem_cache_free(mmu_page_header_cache, sp);
}

/* Every reader is done. */
static void tdp_mmu_free_sp_rcu_callback(struct rcu_head *head)
{
	struct kvm_mmu_page *sp = container_of(head, struct kvm_mmu_page, rcu_head);

	tdp_mmu_free_sp(sp);
}

/* A table that no entry points at any more goes, and everything below it before. */
static void handle_removed_pt(struct kvm *kvm, tdp_ptep_t pt, bool shared)
{
	struct kvm_mmu_page *sp = sptep_to_sp(rcu_dereference(pt));
	int level = sp->role.level;
	gfn_t first = sp->gfn;
	int n;

	trace_kvm_mmu_prepare_zap_page(sp);
	tdp_mmu_unlink_sp(kvm, sp);

	for (n = 0; n < SPTE_ENT_PER_PAGE; n++) {
		tdp_ptep_t at = pt + n;
		gfn_t gfn = first + n * KVM_PAGES_PER_HPAGE(level);
		u64 old;

		if (shared) {
			for (;;) {
				old = kvm_tdp_mmu_write_spte_atomic(at, FROZEN_SPTE);
				if (!is_frozen_spte(old))
					break;
				cpu_relax();
			}
		} else {
			old = kvm_tdp_mmu_read_spte(at);
			if (!is_shadow_present_pte(old))
				continue;
			old = kvm_tdp_mmu_write_spte(at, old, FROZEN_SPTE, level);
		}
		handle_changed_spte(kvm, sp, gfn, old, FROZEN_SPTE, level, shared);
	}

	if (is_mirror_sp(sp))
		kvm_x86_call(free_external_spt)(kvm, sp);

	call_rcu(&sp->rcu_head, tdp_mmu_free_sp_rcu_callback);
}

/* The op: a page that cannot be reclaimed is forgotten here. */
static void tdx_sept_free_private_spt(struct kvm *kvm, struct kvm_mmu_page *sp)
{
	if (KVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm))
		goto forget;
	if (!tdx_reclaim_page(virt_to_page(sp->external_spt)))
		return;
forget:
	sp->external_spt = NULL;
}

/* Take a guest page back: block it, wait out old translations, remove it, flush it. */
static int tdx_sept_remove_leaf_spte(struct kvm *kvm, gfn_t gfn, enum pg_level level, u64 old_spte)
{
	struct kvm_tdx *tdx = to_kvm_tdx(kvm);
	kvm_pfn_t pfn = spte_to_pfn(old_spte);
	gpa_t gpa = gfn_to_gpa(gfn);
	u64 err, entry, state;

	lockdep_assert_held_write(&kvm->mmu_lock);

	if (KVM_BUG_ON(!is_hkid_assigned(tdx), kvm))
		return -EIO;
	if (KVM_BUG_ON(level != PG_LEVEL_4K, kvm))
		return -EIO;

	err = tdh_do_no_vcpus(tdh_mem_range_block, kvm, &tdx->td, gpa, level, &entry, &state);
	if (TDX_BUG_ON_2(err, TDH_MEM_RANGE_BLOCK, entry, state, kvm))
		return -EIO;

	tdx_track(kvm);

	err = tdh_do_no_vcpus(tdh_mem_page_remove, kvm, &tdx->td, gpa, level, &entry, &state);
	if (TDX_BUG_ON_2(err, TDH_MEM_PAGE_REMOVE, entry, state, kvm))
		return -EIO;

	err = tdh_phymem_page_wbinvd_hkid((u16)tdx->hkid, pfn);
	if (TDX_BUG_ON(err, TDH_PHYMEM_PAGE_WBINVD, kvm))
		return -EIO;

	tdx_quirk_reset_paddr(PFN_PHYS(pfn), PAGE_SIZE);
	return 0;
}
