/* `landed` in C, written for kvmviz: what differs from v2.c. */

/* The op: the page is freed at once, or leaked; in both cases it is forgotten. */
static void tdx_sept_free_private_spt(struct kvm *kvm, struct kvm_mmu_page *sp)
{
	if (!KVM_BUG_ON(is_hkid_assigned(to_kvm_tdx(kvm)), kvm) &&
	    !tdx_reclaim_page(virt_to_page(sp->external_spt)))
		free_page((unsigned long)sp->external_spt);

	sp->external_spt = NULL;
}

/* The table's own page and its header. */
static void tdp_mmu_free_sp(struct kvm_mmu_page *sp)
{
	free_page((unsigned long)sp->spt);
	kmem_cache_free(mmu_page_header_cache, sp);
}
