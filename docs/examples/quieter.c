/* A patch of one's own: forget the page, and never ask while the key is there. */
static void tdx_sept_free_private_spt(struct kvm *kvm, gfn_t gfn, struct kvm_mmu_page *sp)
{
	if (is_hkid_assigned(to_kvm_tdx(kvm)) ||
	    tdx_reclaim_page(virt_to_page(sp->external_spt)))
		sp->external_spt = NULL;
}
