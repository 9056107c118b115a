/* The TDX half of a teardown, written for kvmviz's tests: as the model does it, in C. */

struct tdx_flush_vp_arg {
	struct kvm_vcpu *vcpu;
	u64 err;
};

static bool is_hkid_assigned(struct kvm_tdx *kvm_tdx)
{
	return kvm_tdx->hkid > 0;
}

/* On the processor that holds the vCPU: the error goes back in the argument. */
static void tdx_flush_vp(void *data)
{
	struct tdx_flush_vp_arg *given = data;
	struct kvm_vcpu *vcpu = given->vcpu;
	u64 status;

	given->err = 0;
	if (vcpu->cpu != raw_smp_processor_id() || to_tdx(vcpu)->state == VCPU_TD_STATE_UNINITIALIZED)
		return;

	status = tdh_vp_flush(&to_tdx(vcpu)->vp);
	if (status != TDX_SUCCESS && status != TDX_VCPU_NOT_ASSOCIATED)
		given->err = status;
	list_del(&to_tdx(vcpu)->cpu_list);
	vcpu->cpu = -1;
}

static void tdx_flush_vp_on_cpu(struct kvm_vcpu *vcpu)
{
	struct tdx_flush_vp_arg given = { .vcpu = vcpu };

	if (vcpu->cpu == -1)
		return;
	smp_call_function_single(vcpu->cpu, tdx_flush_vp, &given, 1);
	TDX_BUG_ON(given.err, TDH_VP_FLUSH, vcpu->kvm);
}

/* One package writes back; it may ask to be called again. */
static void smp_func_do_phymem_cache_wb(void *nothing)
{
	u64 status = 0;
	int left = 100;

	do {
		status = tdh_phymem_cache_wb(status != 0);
	} while (status == TDX_INTERRUPTED_RESUMABLE && --left);
	if (status == TDX_NO_HKID_READY_TO_WBCACHE)
		status = TDX_SUCCESS;
	TDX_BUG_ON(status, TDH_PHYMEM_CACHE_WB, NULL);
}

void tdx_mmu_release_hkid(struct kvm *kvm)
{
	struct kvm_tdx *td = to_kvm_tdx(kvm);
	cpumask_var_t once;
	struct kvm_vcpu *vcpu;
	bool have = zalloc_cpumask_var(&once, GFP_KERNEL);
	unsigned long number;
	u64 status;
	int cpu;

	if (!is_hkid_assigned(td))
		return;
	kvm_for_each_vcpu(number, vcpu, kvm)
		tdx_flush_vp_on_cpu(vcpu);

	mutex_lock(&tdx_lock);
	status = tdh_mng_vpflushdone(&td->td);
	if (status == TDX_FLUSHVP_NOT_DONE)
		goto unlock;
	if (TDX_BUG_ON(status, TDH_MNG_VPFLUSHDONE, kvm)) {
		pr_err("tdh_mng_vpflushdone() failed. HKID %d is leaked.\n", td->hkid);
		goto unlock;
	}

	for_each_online_cpu(cpu) {
		if (have && cpumask_test_and_set_cpu(topology_physical_package_id(cpu), once))
			continue;
	}
	on_each_cpu(smp_func_do_phymem_cache_wb, NULL, true);

	status = tdh_mng_key_freeid(&td->td);
	if (TDX_BUG_ON(status, TDH_MNG_KEY_FREEID, kvm))
		pr_err("tdh_mng_key_freeid() failed. HKID %d is leaked.\n", td->hkid);
	else
		tdx_hkid_free(td);
unlock:
	mutex_unlock(&tdx_lock);
	free_cpumask_var(once);
}

static void tdx_track(struct kvm *kvm)
{
	u64 status;

	if (to_kvm_tdx(kvm)->state != TD_STATE_RUNNABLE)
		return;
	status = tdh_do_no_vcpus(tdh_mem_track, kvm, &to_kvm_tdx(kvm)->td);
	TDX_BUG_ON(status, TDH_MEM_TRACK, kvm);
}

static int __tdx_reclaim_page(struct page *page)
{
	u64 type, owner, size;
	u64 status = tdh_phymem_page_reclaim(page, &type, &owner, &size);

	return TDX_BUG_ON_3(status, TDH_PHYMEM_PAGE_RECLAIM, type, owner, size, NULL) ? -EIO : 0;
}

static int tdx_reclaim_page(struct page *page)
{
	int failed = __tdx_reclaim_page(page);

	if (!failed)
		tdx_quirk_reset_paddr(page_to_phys(page), PAGE_SIZE);
	return failed;
}

/* What cannot be had back is leaked, without a word. */
static void tdx_reclaim_control_page(struct page *page)
{
	if (!tdx_reclaim_page(page))
		__free_page(page);
}

static void tdx_reclaim_td_control_pages(struct kvm *kvm)
{
	struct kvm_tdx *td = to_kvm_tdx(kvm);
	int i;

	if (is_hkid_assigned(td))
		return;
	for (i = 0; i < td->td.tdcs_nr_pages; i++)
		tdx_reclaim_control_page(td->td.tdcs_pages[i]);
	td->td.tdcs_pages = NULL;

	if (__tdx_reclaim_page(td->td.tdr_page))
		return;
	if (TDX_BUG_ON(tdh_phymem_page_wbinvd_tdr(&td->td), TDH_PHYMEM_PAGE_WBINVD, kvm))
		return;
	tdx_quirk_reset_paddr(page_to_phys(td->td.tdr_page), PAGE_SIZE);
	__free_page(td->td.tdr_page);
	td->td.tdr_page = NULL;
}

void tdx_vm_destroy(struct kvm *kvm)
{
	tdx_reclaim_td_control_pages(kvm);
	to_kvm_tdx(kvm)->state = TD_STATE_UNINITIALIZED;
}

void tdx_vcpu_free(struct kvm_vcpu *vcpu)
{
	struct vcpu_tdx *tdx = to_tdx(vcpu);
	int i = 0;

	if (vcpu->cpu != -1) {
		tdx_flush_vp_on_cpu(vcpu);
		return;
	}
	if (is_hkid_assigned(to_kvm_tdx(vcpu->kvm)))
		return;
	while (i < to_kvm_tdx(vcpu->kvm)->td.tdcx_nr_pages)
		tdx_reclaim_control_page(tdx->vp.tdcx_pages[i++]);
	tdx->vp.tdcx_pages = NULL;
	tdx_reclaim_control_page(tdx->vp.tdvpr_page);
	tdx->vp.tdvpr_page = NULL;
	tdx->state = VCPU_TD_STATE_UNINITIALIZED;
}
